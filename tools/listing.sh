# Sourced by ./offproof and tools/publish, in the repository's root: one line per file that the program is built from.
# Name, size, time of change: a changed, an added and a deleted file all alter the list, and one `find` makes it.
listing() {
    local what=(src greetings Directory.*.props Banned* global.json .editorconfig)
    if [[ $OSTYPE == linux* ]]; then
        find "${what[@]}" -name bin -prune -o -name obj -prune -o -type f -printf '%p %s %T@\n' | LC_ALL=C sort
    else
        find "${what[@]}" -name bin -prune -o -name obj -prune -o -type f -exec cksum {} + | LC_ALL=C sort
    fi
}
