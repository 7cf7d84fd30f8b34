# Sourced by tools/publish and ./test: finds the .NET SDK and gives it quiet, private surroundings. Nothing outlives the process.

# Prints the folder of the first dotnet that has an SDK; fails when there is none.
find_sdk() {
    local on_path candidate
    on_path=$(command -v dotnet || true)
    for candidate in "${DOTNET_ROOT:-}" "${on_path:+$(dirname "$(readlink -f "$on_path")")}" \
        /usr/share/dotnet /usr/lib/dotnet "${HOME:+$HOME/.dotnet}"; do
        if [[ -n $candidate && -x $candidate/dotnet && -d $candidate/sdk ]]; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

# use_sdk ROOT: exports DOTNET_ROOT and what a build wants, or ends the caller with an error and a hint.
use_sdk() {
    if ! DOTNET_ROOT=$(find_sdk); then
        echo "offproof: error: the .NET SDK was not found" >&2
        echo "hint: install the SDK named in global.json (https://dot.net), or set DOTNET_ROOT to its folder" >&2
        exit 1
    fi
    export DOTNET_ROOT
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
    export DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
    # The SDK ends at once where Debian's ICU is not installed; nothing that is built here needs it.
    if [[ $OSTYPE == linux-gnu* ]] && ! compgen -G '/usr/lib/*/libicuuc.so.*' >/dev/null && ! compgen -G '/usr/lib*/libicuuc.so.*' >/dev/null; then
        export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
    fi
    # A build writes below HOME; where that cannot be, it writes here. (NuGet follows DOTNET_CLI_HOME.)
    if [[ -z ${HOME:-} || ! -d $HOME || ! -w $HOME ]]; then
        mkdir -p "$1/artifacts/home"
        export HOME=$1/artifacts/home DOTNET_CLI_HOME=$1/artifacts/home
    fi
}
