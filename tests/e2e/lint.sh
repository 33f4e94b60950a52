#!/usr/bin/env bash
# From a scratch repository: the hooks under pre-commit, the GitHub Action, and SARIF against its schema.
#
#   LEASTWISE           the program to use; without it one is built
#   LEASTWISE_E2E       `require` makes it a failure where a part would be left out
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
pre_commit_version=4.7.0
check_jsonschema_version=0.39.0
serde_sarif_version=0.8.0
tools=$root/target/e2e/lint-$pre_commit_version-$check_jsonschema_version-$serde_sarif_version

fail() {
    echo "end-to-end test of lint: FAILED: $*" >&2
    exit 1
}

leave_out() {
    [[ ${LEASTWISE_E2E:-} != require ]] || fail "$*"
    echo "end-to-end test of lint: LEFT OUT: $*"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [[ -z ${LEASTWISE:-} ]]; then
    (cd "$root" && cargo build --quiet)
    LEASTWISE=${CARGO_TARGET_DIR:-$root/target}/debug/leastwise
fi

# A repository with one policy that is right and one that is not.
repository=$work/repository
mkdir -p "$repository/policies"
cd "$repository"
git init --quiet
git config user.name nobody
git config user.email nobody@example.com
cat >policies/right.json <<'JSON'
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}
JSON
sed s/GetObject/GetObjet/ policies/right.json >policies/wrong.json
cat >right.lw <<'LW'
policy reader {
  allow s3:GetObject on s3.object("reports", "*")
}
LW
git add .
git commit --quiet --message "Begin"

# What is run must end with that exit code and say that.
expect() {
    local code=$1 words=$2 status=0
    shift 2
    "$@" >"$work/told" 2>&1 || status=$?
    [[ $status == "$code" ]] || fail "\`$*\` ended with $status instead of $code: $(cat "$work/told")"
    [[ -z $words ]] || grep --quiet --fixed-strings -- "$words" "$work/told" || fail "\`$*\` does not say \`$words\`: $(cat "$work/told")"
}

# The action: its steps, as the runner would run them.
action() {
    local step=$1
    shift
    env PATH="$(dirname "$LEASTWISE"):$PATH" ACTION_PATH="$root" GITHUB_OUTPUT="$work/outputs" GITHUB_PATH="$work/path" \
        INPUT_COMMAND=check INPUT_PATHS= INPUT_ARGUMENTS= INPUT_OUTPUT=github INPUT_OUTPUT_FILE= "$@" \
        bash "$root/scripts/action" "$step"
}
expect 0 leastwise action install
expect 0 "" action run
expect 1 "::error file=policies/wrong.json,line=1" action run INPUT_COMMAND=lint INPUT_PATHS="policies/right.json policies/wrong.json"
grep --quiet exit-code=1 "$work/outputs" || fail "the action does not tell its exit code"
(
    cd policies
    expect 1 "::error file=policies/wrong.json,line=1" action run INPUT_COMMAND=lint INPUT_PATHS=$'right.json\nwrong.json\n' \
        GITHUB_WORKSPACE="$repository"
)
expect 2 "::error::" action run INPUT_COMMAND="lint;true"
expect 1 "" action run INPUT_COMMAND=lint INPUT_PATHS=policies INPUT_OUTPUT=sarif INPUT_OUTPUT_FILE="$work/report.sarif"
echo "end-to-end test of lint: the action runs"

# The tools, kept between runs; the mark is made last.
if [[ ! -e $tools/complete ]]; then
    rm -rf "$tools"
    mkdir -p "$tools"
    python3 -m venv "$tools/venv" >"$tools/log" 2>&1 &&
        "$tools/venv/bin/pip" install --quiet "pre-commit==$pre_commit_version" \
            "check-jsonschema==$check_jsonschema_version" >>"$tools/log" 2>&1 || {
        tail -n 5 "$tools/log" >&2
        leave_out "pip could not install pre-commit and check-jsonschema"
        exit 0
    }
    touch "$tools/complete"
fi

"$tools/venv/bin/check-jsonschema" --quiet --builtin-schema vendor.github-actions "$root/action.yml" ||
    fail "action.yml is not as GitHub wants it"
echo "end-to-end test of lint: action.yml is as GitHub wants it"

# The schema of SARIF comes with a crate.
if [[ ! -e $tools/sarif.json ]]; then
    mkdir -p "$work/schema"
    printf '[package]\nname = "schema"\nversion = "0.1.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\nserde-sarif = "=%s"\n' \
        "$serde_sarif_version" >"$work/schema/Cargo.toml"
    touch "$work/schema/lib.rs"
    if (cd "$work/schema" && cargo fetch --quiet 2>"$work/log"); then
        manifest=$(cd "$work/schema" && cargo metadata --format-version 1 --quiet |
            python3 -c 'import json,sys; print(next(p["manifest_path"] for p in json.load(sys.stdin)["packages"] if p["name"] == "serde-sarif"))')
        cp "$(dirname "$manifest")/src/schema.json" "$tools/sarif.json"
    fi
fi
if [[ -e $tools/sarif.json ]]; then
    "$LEASTWISE" lint --output sarif policies >"$work/report.sarif" || [[ $? == 1 ]] || fail "no SARIF"
    "$tools/venv/bin/check-jsonschema" --quiet --regex-variant python --schemafile "$tools/sarif.json" "$work/report.sarif" ||
        fail "what \`--output sarif\` writes is not as its schema wants it"
    echo "end-to-end test of lint: SARIF is as its schema wants it"
else
    leave_out "the crate with the schema of SARIF could not be fetched"
fi

# The hooks, from a clone of what is committed. They build the program; a debug build, in a folder that is kept, is enough here.
export PRE_COMMIT_HOME=$work/pre-commit CARGO_TARGET_DIR=$root/target/e2e/hooks
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
git clone --quiet --no-hardlinks "$root" "$work/hooks"
cat >.pre-commit-config.yaml <<YAML
repos:
  - repo: file://$work/hooks
    rev: $(git -C "$work/hooks" rev-parse HEAD)
    hooks:
      - id: leastwise-check
      - id: leastwise-fmt
      - id: leastwise-lint
        files: ^policies/
YAML
git add .pre-commit-config.yaml
hook() {
    "$tools/venv/bin/pre-commit" run --all-files "$1"
}
expect 1 unknown-action hook leastwise-lint
expect 0 Passed hook leastwise-check
expect 0 Passed hook leastwise-fmt
git rm --quiet --force policies/wrong.json
expect 0 Passed hook leastwise-lint
echo "end-to-end test of lint: the hooks run under pre-commit"
