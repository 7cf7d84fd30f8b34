#!/bin/sh
# Restores one category with the recovery sheet and stock tools alone: age, openssl, curl, restic. No program of this project takes part.
#
#   ./restore-without-us.sh SHEET CATEGORY TARGET [EPOCH] [DEVICE]
#
# EPOCH is a number, or - for the newest. DEVICE is the beginning of a device's name; without it, it is the device that turned the category on last, and the others are named.
# TARGET is a folder that is empty or not there yet; only TARGET/CATEGORY is written. docs/phone.md §2.5 says how what it holds becomes what a phone imports.
# It does what docs/consent.md §4 says: proves sheet -> device -> grant -> sealed password, config and key file, also after the sheet was changed, and only then
# opens anything.
# The protocol is docs/protocol.md. Secrets stay in pipes and shell variables, but for the sheet's signing key and the tokens, in a private temporary folder that is gone before
# a file is restored; none is ever an argument of a program.
set -eu
umask 077
LC_ALL=C
export LC_ALL

fail() { echo "restore-without-us: $1" >&2; exit "${2:-1}"; }

[ $# -ge 3 ] && [ $# -le 5 ] || { sed -n '2,6p' "$0" >&2; exit 64; }
sheet=$1 category=$2 target=$3 wanted_epoch=${4:-} wanted_device=${5:-}
for tool in age openssl curl restic od sed sha256sum; do
    command -v "$tool" >/dev/null || fail "this needs $tool"
done
case $category in contacts | messages | notes | photos) ;; *) fail "there is no category '$category'" 64 ;; esac
case $wanted_epoch in -) wanted_epoch= ;; *[!0-9]*) fail "an epoch is a number, or - for the newest" 64 ;; esac
case $wanted_device in *[!0-9a-f]*) fail "a device is named by the hexadecimal digits that its name begins with" 64 ;; esac
if [ -e "$target" ] || [ -L "$target" ]; then
    # restic writes over files, and through links, that are there already.
    { [ -d "$target" ] && inside=$(ls -A -- "$target") && [ -z "$inside" ]; } || fail "$target exists and is not an empty folder: name another one"
fi

tmp=$(mktemp -d)
restic=
stop() { # at a signal: restic takes its lock away, if the server answers within some seconds
    rm -rf "$tmp"
    if [ -n "$restic" ]; then
        kill -INT "$restic" 2>/dev/null || :
        { sleep 5; kill -KILL "$restic"; } >/dev/null 2>&1 &
        wait "$restic" 2>/dev/null || :
        kill "$!" 2>/dev/null || :
    fi
    exit 130
}
trap 'rm -rf "$tmp"' EXIT
trap stop HUP INT QUIT TERM

# --- bytes, hex, base64url -------------------------------------------------------------------------------------------------------
hex() { od -An -v -tx1 | tr -d ' \n'; }
unhex() { # hex text in $1 -> bytes; printf is part of the shell, so nothing shows in the list of processes
    rest=$1 octal=
    while [ -n "$rest" ]; do
        byte=$((0x${rest%"${rest#??}"}))
        rest=${rest#??}
        octal="$octal\\0$((byte / 64))$((byte / 8 % 8))$((byte % 8))"
    done
    printf %b "$octal"
}
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
unbase64url() { # text in $1
    text=$(printf %s "$1" | tr '_-' '/+')
    case $((${#text} % 4)) in 2) text="$text==" ;; 3) text="$text=" ;; esac
    printf %s "$text" | openssl base64 -d -A
}
sha256() { sha256sum | cut -c1-64; }
member() { printf %s "$1" | sed -n "s/.*\"$2\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }

# --- the sheet -------------------------------------------------------------------------------------------------------------------
[ -r "$sheet" ] || fail "cannot read $sheet" 6
lines=$(tr -d '\r' <"$sheet") # age forgives line ends of other systems too
server=$(printf '%s\n' "$lines" | sed -n 's/^# server: *//p')
account=$(printf '%s\n' "$lines" | sed -n 's/^# account: *//p')
server_key=$(printf '%s\n' "$lines" | sed -n 's/^# server-key: *//p')
identity=$(printf '%s\n' "$lines" | sed -n '/^AGE-SECRET-KEY-1/p')
[ -n "$server" ] && [ -n "$account" ] && [ -n "$server_key" ] && [ -n "$identity" ] || fail "$sheet is not a recovery sheet" 6

# HKDF-SHA256 (RFC 5869). Extract: the key of the HMAC is public (zeros), the identity goes through a pipe. Expand: HMAC written out, so
# that the extracted key is no argument either.
pad() { # $1 hex key of 32 bytes, $2 pad byte -> hex of the 64-byte block
    keys=$1
    while [ -n "$keys" ]; do
        byte=${keys%"${keys#??}"}
        keys=${keys#??}
        printf '%02x' $((0x$byte ^ $2))
    done
    i=0
    while [ $i -lt 32 ]; do printf '%02x' "$2"; i=$((i + 1)); done
}
derive() { # identity line in $1 -> the signing key of its sheet, DER
    extracted=$(printf %s "$1" | openssl dgst -sha256 -mac HMAC -macopt hexkey:0000000000000000000000000000000000000000000000000000000000000000 -binary | hex)
    inner=$({ unhex "$(pad "$extracted" $((0x36)))"; printf 'offproof/v1/sheet-signing'; unhex 01; } | sha256)
    scalar=$({ unhex "$(pad "$extracted" $((0x5c)))"; unhex "$inner"; } | sha256)
    unhex "30310201010420${scalar}a00a06082a8648ce3d030107"
}
thumbprint() { printf '{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}' "$1" "$2" | sha256; }
thumbprint_of() { # public key, PEM, on stdin
    point=$(openssl ec -pubin -outform DER 2>/dev/null | tail -c 64 | hex)
    x=$(unhex "${point%????????????????????????????????????????????????????????????????}" | base64url)
    y=$(unhex "${point#????????????????????????????????????????????????????????????????}" | base64url)
    thumbprint "$x" "$y"
}
derive "$identity" | openssl ec -inform DER -out "$tmp/sheet.pem" 2>/dev/null ||
    fail "the sheet's signing key needs the counter byte of docs/consent.md §2 (one sheet in 2^32)"
own=$(openssl ec -in "$tmp/sheet.pem" -pubout 2>/dev/null | thumbprint_of)

# --- signing and verifying JWS (ES256) -------------------------------------------------------------------------------------------
pad64() { # hex of an integer -> exactly 64 digits
    digits=$1
    while [ ${#digits} -lt 64 ]; do digits="0$digits"; done
    printf %s "$digits"
}
sign() { # $1 payload -> compact JWS, signed by the sheet
    input="$(printf '{"alg":"ES256","typ":"offproof-proof+jwt","kid":"%s"}' "$own" | base64url).$(printf %s "$1" | base64url)"
    printf %s "$input" | openssl dgst -sha256 -sign "$tmp/sheet.pem" -binary >"$tmp/signature"
    numbers=$(openssl asn1parse -inform DER -in "$tmp/signature" | sed -n 's/.*INTEGER *://p' | tr 'A-F' 'a-f')
    raw=
    for number in $numbers; do raw="$raw$(pad64 "$number")"; done
    printf '%s.%s' "$input" "$(unhex "$raw" | base64url)"
}
der_integer() { # 64 hex digits -> DER INTEGER in hex
    n=$1
    while [ ${#n} -gt 2 ] && [ "${n#00}" != "$n" ]; do n=${n#00}; done
    case $n in [89abcdef]*) n="00$n" ;; esac
    printf '02%02x%s' $((${#n} / 2)) "$n"
}
verify() { # $1 compact JWS, $2 public key file
    raw=$(unbase64url "${1##*.}" | hex)
    [ ${#raw} -eq 128 ] || return 1
    body="$(der_integer "${raw%????????????????????????????????????????????????????????????????}")$(der_integer "${raw#????????????????????????????????????????????????????????????????}")"
    unhex "$(printf '30%02x%s' $((${#body} / 2)) "$body")" >"$tmp/der"
    printf %s "${1%.*}" | openssl dgst -sha256 -verify "$2" -signature "$tmp/der" >/dev/null 2>&1
}

# --- the server ------------------------------------------------------------------------------------------------------------------
get() { # $1 path, with the token in $tmp/auth; never follows a redirect, never uses a proxy
    curl --silent --show-error --fail --noproxy '*' --max-time 60 -H @"$tmp/auth" "${server%/}/$1"
}
hello=$(curl --silent --show-error --fail --noproxy '*' --max-time 30 "${server%/}/v1/server") || fail "no answer from $server" 7
[ "$(thumbprint "$(member "$hello" x)" "$(member "$hello" y)")" = "$server_key" ] || fail "the server at $server is not the one on the sheet" 4

url_safe() { # prints $1, which the server chose and which goes into a record or a URL; nothing but letters, digits, - and _
    case $1 in '' | *[!A-Za-z0-9_-]*) fail "the server answers with something that is not a token or nonce" 4 ;; esac
    printf %s "$1"
}
token() { # $1 members of the action -> writes $tmp/auth and prints the token
    nonce=$(url_safe "$(member "$(curl --silent --show-error --fail --noproxy '*' --max-time 30 -X POST "${server%/}/v1/nonces")" nonce)")
    proof=$(sign "{\"iss\":\"$account\",\"sub\":\"$account\",\"aud\":\"$server_key\",\"iat\":$(date +%s),\"nonce\":\"$nonce\",$1}")
    answer=$(printf %s "$proof" | curl --silent --show-error --fail --noproxy '*' --max-time 30 -H 'Content-Type: application/jose' --data-binary @- "${server%/}/v1/tokens") ||
        fail "the server does not take this sheet: it is not this account's, or a newer sheet took its place" 6
    printf 'Authorization: Bearer %s\n' "$(member "$answer" token)" >"$tmp/auth"
    url_safe "$(member "$answer" token)"
}
token '"action":"recovery"' >/dev/null
get "v1/recovery/$account/" | tr -d ' \n' >"$tmp/recovery.json"
sed 's/.*"records":\[\([^]]*\)\].*/\1/' "$tmp/recovery.json" | tr -d '"' | tr ',' '\n' >"$tmp/records"

# --- sheets -> devices -> grant --------------------------------------------------------------------------------------------------
# docs/consent.md §4: in the order received, each record is signed by a device of the account, or by the sheet that was the account's there.
record_hash() { printf %s "${1%.*}" | sha256; }
public_key() { # x in $1, y in $2 -> PEM
    unhex "3059301306072a8648ce3d020106082a8648ce3d03010703420004$(unbase64url "$1" | hex)$(unbase64url "$2" | hex)" | openssl ec -pubin -inform DER 2>/dev/null
}
is_hash() { [ ${#1} -eq 64 ] && case $1 in *[!0-9a-f]*) false ;; esac; }
follow() { # a record of a device: the next link of its chain
    [ "$(member "$payload" iss)" = "$kid" ] && verify "$record" "$tmp/device-$kid.pub" || fail "a record is not signed by a device of this sheet" 4
    [ "$(member "$payload" aud)" = "$server_key" ] && [ "$(member "$payload" sub)" = "$account" ] || fail "a record is for somebody else" 4
    read -r seq prev <"$tmp/chain-$kid"
    seq=$((seq + 1))
    [ "$(member "$payload" seq)" = "$seq" ] && [ "$(member "$payload" prev)" = "$prev" ] || fail "a record of a device's chain is missing, or they are out of order" 4
    printf '%s %s\n' "$seq" "$hash" >"$tmp/chain-$kid"
}
of_sheet() { # a record of the account's sheet of now
    verify "$record" "$tmp/current.pub" || fail "$1 is not signed by this sheet, nor by one that it took the place of" 4
    [ "$(member "$payload" iss)" = "$account" ] && [ "$(member "$payload" aud)" = "$server_key" ] || fail "$1 is for somebody else" 4
}
join() { # the device $1, whose key is in the payload
    dx=$(member "$payload" x) dy=$(member "$payload" y)
    is_hash "$1" && [ "$(thumbprint "$dx" "$dy")" = "$1" ] && [ ! -e "$tmp/chain-$1" ] || fail "a certificate or admission contradicts itself" 4
    public_key "$dx" "$dy" >"$tmp/device-$1.pub"
    printf '0 %s\n' "$hash" >"$tmp/chain-$1"
}
change_follows() { # the next of the sheet's changes
    [ "$(member "$payload" succession)" = $((changes + 1)) ] && [ "$(member "$payload" succeeds)" = "$last_change" ] || fail "a change of the sheet does not follow the one before" 4
}
change() { # $1 its hash, $2 the new sheet's thumbprint, $3 its key file
    changes=$((changes + 1)) last_change=$1 before=$current current=$2 pending=
    mv "$3" "$tmp/current.pub"
}
take_effect() { # a replacement whose 14 days are over: the server let its sheet sign
    change "$pending" "$pending_sheet" "$tmp/pending.pub"
    rm -f "$tmp"/rotation-* # it carries no identity: what was sealed before stays closed
}
new_sheet() { # -> $tmp/$1.pub and its thumbprint in $next
    nx=$(member "$payload" x) ny=$(member "$payload" y)
    next=$(thumbprint "$nx" "$ny")
    public_key "$nx" "$ny" >"$tmp/$1.pub"
}
first=$(sed 's/.*"sheet":{\([^}]*\)}.*/\1/' "$tmp/recovery.json")
current=$(thumbprint "$(member "$first" x)" "$(member "$first" y)")
[ "$current" = "$account" ] || fail "the server shows another account's sheet" 4
public_key "$(member "$first" x)" "$(member "$first" y)" >"$tmp/current.pub"
changes=0 last_change=$account pending=
: >"$tmp/grants"
while read -r record || [ -n "$record" ]; do
    rest=${record#*.}
    header=$(unbase64url "${record%%.*}")
    payload=$(unbase64url "${rest%.*}")
    hash=$(record_hash "$record")
    kid=$(member "$header" kid)
    [ "$(member "$header" alg)" = ES256 ] && is_hash "$kid" || fail "a record is not ES256, or names no signer" 4
    [ "$kid" != "${pending:+$pending_sheet}" ] || take_effect
    if [ -r "$tmp/device-$kid.pub" ]; then by=device; elif [ "$kid" = "$current" ]; then by=sheet; else fail "a record is not signed by a device of this sheet" 4; fi
    [ $by = sheet ] || follow
    typ=$(member "$header" typ)
    case $by:$typ in
        sheet:offproof-certificate+jwt)
            of_sheet "a certificate"
            join "$(member "$payload" sub)"
            ;;
        device:offproof-admission+jwt) join "$(member "$payload" device)" ;;
        sheet:offproof-removal+jwt | device:offproof-removal+jwt)
            [ $by = device ] || of_sheet "a removal"
            gone=$(member "$payload" device)
            is_hash "$gone" && [ -e "$tmp/device-$gone.pub" ] || fail "a removal names what is no device" 4
            rm "$tmp/device-$gone.pub"
            [ -z "$pending" ] || [ "$pending_by" != "$gone" ] || pending=
            ;;
        device:offproof-grant+jwt)
            [ "$(member "$payload" category)" = "$category" ] || continue
            vault=$(printf %s "$payload" | sed -n 's/.*"vault":{\([^}]*\)}.*/\1/p')
            this=$(member "$payload" epoch)
            case $this in '' | *[!0-9]*) fail "a grant names no epoch" 4 ;; esac
            printf '%s %s %s %s %s %s\n' "$hash" "$kid" "$this" "$(member "$vault" config)" "$(member "$vault" key)" "$(member "$vault" sealed)" >>"$tmp/grants"
            ;;
        sheet:offproof-erasure+jwt | device:offproof-erasure+jwt)
            [ $by = device ] || of_sheet "an erasure"
            grant=$(member "$payload" grant)
            is_hash "$grant" || fail "an erasure names no grant" 4
            printf '%s\n' "$grant" >"$tmp/erasure-$hash"
            : >"$tmp/over-$grant"
            ;;
        device:offproof-replacement+jwt)
            if [ -n "$pending" ] && [ "$(member "$payload" succeeds)" = "$pending" ]; then take_effect; fi
            [ -z "$pending" ] || fail "a change of the sheet does not follow the one before" 4
            change_follows
            new_sheet pending
            pending=$hash pending_sheet=$next pending_by=$kid
            ;;
        sheet:offproof-rotation+jwt)
            of_sheet "a rotation"
            change_follows
            new_sheet next
            change "$hash" "$next" "$tmp/next.pub"
            unbase64url "$(member "$payload" identity)" >"$tmp/rotation-$changes"
            printf '%s\n' "$before" >"$tmp/rotation-$changes.before"
            ;;
        sheet:offproof-cancellation+jwt)
            of_sheet "a cancellation"
            what=$(member "$payload" record)
            if is_hash "$what" && [ -e "$tmp/erasure-$what" ]; then rm -f "$tmp/over-$(cat "$tmp/erasure-$what")"
            elif [ "$what" = "$pending" ]; then pending=
            else fail "a cancellation names nothing that was to come" 4; fi
            ;;
        *) ;; # revocations, and types of later versions: they grant nothing
    esac
done <"$tmp/records"
[ "$own" != "${pending:+$pending_sheet}" ] || take_effect
[ "$own" = "$current" ] || fail "this sheet is not the account's: a newer sheet took its place, or it is another account's" 6
epoch=0 erased= owner= others= alike=
while read -r hash kid this this_config this_key this_sealed; do
    over=
    [ ! -e "$tmp/over-$hash" ] || over=yes
    case $kid in
        "$wanted_device"*) ;;
        *) others="$others ${over:-$kid}"; continue ;;
    esac
    if [ -n "$wanted_epoch" ] && [ "$this" != "$wanted_epoch" ]; then continue; fi
    if [ -n "$over" ]; then erased=$this; continue; fi
    if [ -n "$owner" ] && [ "$owner" != "$kid" ]; then others="$others $owner" alike=yes; fi
    epoch=$this owner=$kid config=$this_config key=$this_key sealed=$this_sealed
done <"$tmp/grants"
named() { # the devices in $others, each once, but the one that was chosen
    for other in $others; do [ "$other" = "$owner" ] || [ "$other" = yes ] || printf '%.8s\n' "$other"; done | sort -u | tr '\n' ' ' | sed 's/ $//'
}
[ "$epoch" -gt 0 ] || [ -z "$erased" ] || fail "epoch $erased of $category${wanted_device:+ of device $wanted_device} was erased, or is closed until it is" 5
[ "$epoch" -gt 0 ] || [ -z "$wanted_device" ] || fail "the server shows no record of ${wanted_epoch:+epoch $wanted_epoch of }$category of a device $wanted_device$([ -z "$others" ] || printf '; there is: %s' "$(named)")"
[ "$epoch" -gt 0 ] || [ -z "$wanted_epoch" ] || fail "the server shows no record of an epoch $wanted_epoch of $category"
[ "$epoch" -gt 0 ] || fail "the server shows no record that $category was ever turned on; if it was, it withholds them"
[ -z "$wanted_device" ] || [ -z "$alike" ] || fail "more than one device's name begins with $wanted_device: give more digits" 64
[ -n "$wanted_device" ] || [ -z "$(named)" ] || echo "this is what device $(printf %.8s "$owner") stored; $category of another: $(named) (the fifth argument)" >&2
echo "proven: sheet -> device $(printf %.8s "$owner") -> grant of $category, epoch $epoch" >&2

# --- sealed password, config, key file -------------------------------------------------------------------------------------------
get "v1/recovery/$account/$owner/$category/$epoch" >"$tmp/password.age" || fail "the server does not give the vault's sealed password" 4
[ "$(sha256 <"$tmp/password.age")" = "$sealed" ] || fail "the sealed password is not the one of the grant" 4
bearer=$(token "\"action\":\"vault\",\"device\":\"$owner\",\"category\":\"$category\",\"epoch\":$epoch,\"mode\":\"read\"")
vault_path=v1/vaults/$account/$owner/$category/$epoch
[ "$(get "$vault_path/config" | sha256)" = "$config" ] || fail "the vault is not the one of the grant (config)" 4
[ "$(get "$vault_path/keys/$key" | sha256)" = "$key" ] || fail "the vault is not the one of the grant (key file)" 4
# With this sheet, or with one that it took the place of: each rotation carries the one before, sealed to the one after (docs/consent.md §3.10).
opened() { printf '%s\n' "$identity" | age --decrypt -i - "$1" 2>/dev/null; }
while ! RESTIC_PASSWORD=$(opened "$tmp/password.age"); do
    [ -e "$tmp/rotation-$changes" ] || fail "age does not open the password with this sheet" 6
    identity=$(opened "$tmp/rotation-$changes") &&
        [ "$(derive "$identity" | openssl ec -inform DER -pubout 2>/dev/null | thumbprint_of)" = "$(cat "$tmp/rotation-$changes.before")" ] ||
        fail "a rotation of the sheet does not carry the sheet that signed it" 4
    changes=$((changes - 1))
done
unset identity
rm -rf "$tmp"
echo "proven: sealed password, config and key file are the grant's; age opened the password" >&2

# --- the files -------------------------------------------------------------------------------------------------------------------
origin=${server%/}
RESTIC_REPOSITORY="rest:${origin%%://*}://offproof:$bearer@${origin#*://}/$vault_path/"
# What a user's own restic is set up with must not lead elsewhere. Redirects restic does follow: what comes from another host does not open with the password.
unset RESTIC_REPOSITORY_FILE RESTIC_PASSWORD_FILE RESTIC_PASSWORD_COMMAND RESTIC_KEY_HINT RESTIC_REST_USERNAME RESTIC_REST_PASSWORD
NO_PROXY='*' no_proxy='*'
export RESTIC_REPOSITORY RESTIC_PASSWORD NO_PROXY no_proxy
# Whoever had the password may have stored anything: of another snapshot, or beside the category's folder, nothing is written.
# In the background, because a shell that waits for a program in front looks at no signal before it has ended.
restic --no-cache restore latest --path "/$category" --include "/$category" --target="$target" &
restic=$!
wait "$restic"
