"""Patterns as SMT-LIB terms: globs, ARN patterns segment by segment, and patterns that hold policy variables."""

from collections.abc import Callable

from document import ANY_ONE, STAR, Token, Unsupported, Variable, variables_of

ANY_TEXT = "(re.* re.allchar)"
# Defined in the preamble: one character that is no colon, any run of them, and the shape of an ARN.
PREAMBLE = """(define-fun nc () RegLan (re.union (re.range "\\u{0}" "9") (re.range ";" "\\u{2ffff}")))
(define-fun ncs () RegLan (re.* nc))
(define-fun arn () RegLan (re.++ (str.to_re "arn:") ncs (str.to_re ":") ncs (str.to_re ":") ncs (str.to_re ":") ncs
  (str.to_re ":") (re.* re.allchar)))
(define-fun lower () RegLan (re.* (re.union (re.range "\\u{0}" "@") (re.range "[" "\\u{2ffff}"))))
"""


def quote(text: str) -> str:
    """A text as an SMT-LIB literal."""
    return '"' + "".join(c if " " <= c <= "~" and c not in '"\\' else f"\\u{{{ord(c):x}}}" for c in text) + '"'


def conj(parts: list[str]) -> str:
    parts = [part for part in dict.fromkeys(parts) if part != "true"]
    if "false" in parts:
        return "false"
    return "true" if not parts else parts[0] if len(parts) == 1 else f"(and {' '.join(parts)})"


def disj(parts: list[str]) -> str:
    parts = [part for part in dict.fromkeys(parts) if part != "false"]
    if "true" in parts:
        return "true"
    return "false" if not parts else parts[0] if len(parts) == 1 else f"(or {' '.join(parts)})"


def neg(part: str) -> str:
    return {"true": "false", "false": "true"}.get(part) or f"(not {part})"


def concat(parts: list[str]) -> str:
    return quote("") if not parts else parts[0] if len(parts) == 1 else f"(str.++ {' '.join(parts)})"


def regex_concat(parts: list[str]) -> str:
    return '(str.to_re "")' if not parts else parts[0] if len(parts) == 1 else f"(re.++ {' '.join(parts)})"


def in_regex(term: str, regex: str) -> str:
    return "true" if regex == ANY_TEXT else f"(str.in_re {term} {regex})"


def split_at_colon(parts: list[Token]) -> tuple[list[Token], list[Token] | None]:
    """What stands before the first colon of the texts, and what after it; None where there is none."""
    for at, part in enumerate(parts):
        if isinstance(part, str) and ":" in part:
            before, after = part.split(":", 1)
            return parts[:at] + [before] * bool(before), [after] * bool(after) + parts[at + 1:]
    return parts, None


class Patterns:
    """Matches terms with patterns. `term_of` gives the value of a variable, `segments_of` the segments of an ARN."""

    def __init__(self, term_of: Callable[[Variable], str], segments_of: Callable[[str], list[str]]) -> None:
        self.term_of = term_of
        self.segments_of = segments_of

    def _text(self, part: Token) -> str:
        return self.term_of(part) if isinstance(part, Variable) else quote(str(part))

    def joined(self, parts: list[Token]) -> str:
        return concat([self._text(part) for part in parts])

    def glob(self, parts: list[Token], term: str) -> str:
        """The whole of a term matches; `*` crosses colons."""
        if not any(part in (STAR, ANY_ONE) for part in parts):
            return f"(= {term} {self.joined(parts)})"
        variables = [at for at, part in enumerate(parts) if isinstance(part, Variable)]
        if not variables:
            return self._plain_glob(parts, term)
        first_wild = next(at for at, part in enumerate(parts) if part in (STAR, ANY_ONE))
        last_wild = max(at for at, part in enumerate(parts) if part in (STAR, ANY_ONE))
        if variables[-1] < first_wild:
            start, rest = self.joined(parts[:first_wild]), parts[first_wild:]
            if rest == [STAR]:
                return f"(str.prefixof {start} {term})"
            tail = f"(str.substr {term} (str.len {start}) (str.len {term}))"
            return conj([f"(str.prefixof {start} {term})", self._plain_glob(rest, tail)])
        if variables[0] > last_wild:
            end, rest = self.joined(parts[last_wild + 1:]), parts[:last_wild + 1]
            head = f"(str.substr {term} 0 (- (str.len {term}) (str.len {end})))"
            return conj([f"(str.suffixof {end} {term})", self._plain_glob(rest, head)])
        return self._leftmost(parts, term)

    def _plain_glob(self, parts: list[Token], term: str) -> str:
        if len(parts) == 2 and isinstance(parts[0], str) and parts[1] is STAR:
            return f"(str.prefixof {quote(parts[0])} {term})"
        return in_regex(term, self.regex(parts, 0))

    def _leftmost(self, parts: list[Token], term: str) -> str:
        """Words between stars, each at the first place after the one before: exact, and without quantifiers."""
        if ANY_ONE in parts:
            raise Unsupported("? beside a variable between wildcards")
        words: list[list[Token]] = [[]]
        for part in parts:
            words.append([]) if part is STAR else words[-1].append(part)
        first, *middle, last = (self.joined(word) for word in words)
        conditions, at = [f"(str.prefixof {first} {term})", f"(str.suffixof {last} {term})"], f"(str.len {first})"
        for word in middle:
            place = f"(str.indexof {term} {word} {at})"
            conditions.append(f"(>= {place} 0)")
            at = f"(+ {place} (str.len {word}))"
        conditions.append(f"(<= (+ {at} (str.len {last})) (str.len {term}))")
        return conj(conditions)

    def regex(self, parts: list[Token], colons: int) -> str:
        """A pattern without variables; in what stands before that many colons wildcards take no colon."""
        if colons:
            head, tail = split_at_colon(parts)
            one = [self._step(part, "nc") for part in head]
            rest = ANY_TEXT if tail is None else self.regex(tail, colons - 1)
            return regex_concat(one + ['(str.to_re ":")', rest])
        return regex_concat([self._step(part, "re.allchar") for part in parts])

    def _step(self, part: Token, one: str) -> str:
        if part is STAR:
            return "ncs" if one == "nc" else ANY_TEXT
        return one if part is ANY_ONE else f"(str.to_re {quote(str(part))})"

    def segments(self, parts: list[Token], term: str) -> str:
        """Segment by segment, for a term that is an ARN."""
        before_wildcard = parts[:next((at for at, part in enumerate(parts) if part in (STAR, ANY_ONE)), len(parts))]
        if sum(part.count(":") for part in before_wildcard if isinstance(part, str)) >= 5:
            return self.glob(parts, term)  # all wildcards stand in the last segment
        if not variables_of(parts):
            return in_regex(term, self.regex(parts, 5))
        return self._from_segment(parts, self.segments_of(term))

    def _from_segment(self, parts: list[Token], left: list[str]) -> str:
        """The segments `left`, the last ones of an ARN, against what is left of a pattern."""
        if len(left) == 1:
            return self.glob(parts, left[0])
        head, tail = split_at_colon(parts)
        here = self.glob(head, left[0])
        after = "true" if tail is None else self._from_segment(tail, left[1:])
        if not variables_of(head):
            return conj([here, after])
        # The value of a variable may hold colons, which end segments too.
        joined = concat([piece for one in left for piece in (one, quote(":"))][:-1])
        return disj([conj([here, after]), self._shifted(parts, head, joined, len(left) - 1)])

    def _shifted(self, parts: list[Token], head: list[Token], term: str, colons: int) -> str:
        """The same where the values of the variables in the first segment of a pattern hold colons."""
        last = max(at for at, part in enumerate(head) if isinstance(part, Variable))
        fixed, rest = head[:last + 1], parts[last + 1:]
        if STAR in fixed or ANY_ONE in fixed or variables_of(rest):
            raise Unsupported("two variables, or a wildcard and one, in the first five segments")
        start = self.joined(fixed)
        tail = f"(str.substr {term} (str.len {start}) (str.len {term}))"
        cases = [conj([in_regex(start, self._colons(count, count == colons)),
                       in_regex(tail, self.regex(rest, colons - count))]) for count in range(1, colons + 1)]
        return conj([f"(str.prefixof {start} {term})", disj(cases)])

    def _colons(self, count: int, or_more: bool) -> str:
        """Texts with that many colons."""
        parts = ["ncs", '(str.to_re ":")'] * count + ["re.all" if or_more else "ncs"]
        return regex_concat(parts)
