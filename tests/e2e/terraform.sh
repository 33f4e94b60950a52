#!/usr/bin/env bash
# Compiles tests/e2e/policies, has Terraform's AWS provider apply the files to a local
# moto server, and asks for a second plan, which has to be empty.
#
#   LEASTWISE           the compiler to use; without it one is built
#   TF_PLUGIN_DIR       a mirror of providers, handed to `terraform init -plugin-dir`; without it
#                       one that holds the AWS provider is looked for in the usual folders, and else
#                       Terraform looks where its CLI configuration says
#   LEASTWISE_E2E       `require` makes it a failure where the test would be left out
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
moto_version=5.1.18
venv=$root/target/e2e/moto-$moto_version

fail() {
    echo "end-to-end test: FAILED: $*" >&2
    exit 1
}

leave_out() {
    [[ ${LEASTWISE_E2E:-} != require ]] || fail "$*"
    echo "end-to-end test: LEFT OUT: $*"
    exit 0
}

work=
server=
clean_up() {
    if [[ -n $server ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    [[ -z $work ]] || rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

command -v terraform >/dev/null || leave_out "terraform is not on the path"
command -v python3 >/dev/null || leave_out "python3, which runs moto, is not on the path"

# The compiler.
if [[ -z ${LEASTWISE:-} ]]; then
    (cd "$root" && cargo build --quiet)
    LEASTWISE=${CARGO_TARGET_DIR:-$root/target}/debug/leastwise
fi
help=$("$LEASTWISE" build --help 2>&1) || [[ $? == 2 ]] || fail "\`leastwise build --help\` broke: $help"
[[ $help == *--out* ]] || leave_out "this compiler has no \`build\` command yet"

# The server's packages, kept between runs; the mark is made last.
if [[ ! -e $venv/complete ]]; then
    rm -rf "$venv"
    mkdir -p "$(dirname "$venv")"
    log=$venv.log
    python3 -m venv "$venv" >"$log" 2>&1 &&
        "$venv/bin/pip" install --quiet "moto[server]==$moto_version" >>"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        leave_out "pip could not install moto[server] $moto_version"
    }
    touch "$venv/complete"
fi

work=$(mktemp -d)
cp "$here/main.tf" "$work"
cd "$work"

# Only what is set here may reach the provider.
for name in $(compgen -e AWS_ || true) $(compgen -e TF_VAR_ || true); do unset "$name"; done
export AWS_EC2_METADATA_DISABLED=true CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 TF_INPUT=0
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

# A mirror is HOST/NAMESPACE/TYPE/VERSION/PLATFORM/terraform-provider-...
if [[ -z ${TF_PLUGIN_DIR:-} ]]; then
    provider=$(find /opt /usr/share /usr/local/share "${HOME:-/}/.terraform.d" -maxdepth 8 \
        -path '*/hashicorp/aws/*' -name 'terraform-provider-aws*' -print -quit 2>/dev/null || true)
    [[ -z $provider ]] || TF_PLUGIN_DIR=${provider%/*/hashicorp/aws/*}
fi
[[ -e ${TF_CLI_CONFIG_FILE:-/} ]] || unset TF_CLI_CONFIG_FILE

init=(terraform init -no-color)
[[ -z ${TF_PLUGIN_DIR:-} ]] || init+=("-plugin-dir=$TF_PLUGIN_DIR")
if ! "${init[@]}" >init.log 2>&1; then
    cat init.log >&2
    grep -qE 'Failed to (query available provider packages|install provider)' init.log || fail "terraform init"
    leave_out "Terraform could not get the AWS provider; TF_PLUGIN_DIR names a mirror that holds it"
fi

# The policies.
"$LEASTWISE" build "$here/policies" --out "$work/build" || fail "leastwise build"

# The server, on a port that the system picks and the log names.
AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test PYTHONUNBUFFERED=1 \
    "$venv/bin/moto_server" --host 127.0.0.1 --port 0 >moto.log 2>&1 &
server=$!
endpoint=
for _ in $(seq 300); do
    endpoint=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' moto.log | head -n 1) && break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
[[ -n $endpoint ]] || {
    cat moto.log >&2
    fail "the moto server did not start"
}

export TF_VAR_endpoint=$endpoint TF_VAR_policies=$work/build
terraform apply -no-color -auto-approve >apply.log 2>&1 || {
    cat apply.log >&2
    fail "terraform apply"
}
grep -E '^Apply complete' apply.log

# 0 is an empty plan, 1 an error, 2 a difference.
terraform plan -no-color -detailed-exitcode >plan.log 2>&1 || {
    status=$?
    cat plan.log >&2
    [[ $status != 2 ]] || fail "the second plan is not empty"
    fail "terraform plan"
}
echo "end-to-end test: passed: applied, and the second plan is empty"
