# Medians per case and tool, and the auditor's ratios. Input: the lines that bench/audit writes; few and many: how many forms the two personas have.
BEGIN {
    FS = ","
    title["http-few"] = "HTTP/1.1, " few " forms"; title["http-many"] = "HTTP/1.1, " many " forms"; title["tls"] = "TLS 1.2 with its key log"
    title["clean"] = "HTTP/1.1, nothing planted, " many " forms"; title["http-small"] = "HTTP/1.1, small"; title["http-large"] = "HTTP/1.1, large"
}

NR > 1 {
    key = $2 SUBSEP $3
    if (!(key in n)) order[++keys] = key
    i = ++n[key]
    cpu[key, i] = $5 + $6; wall[key, i] = $4; peak[key, i] = $7 * 1024 / 1e6; found[key] = $8
}

function ratio(what, a, b, asked,    r) {
    if (!(a in n) || !(b in n)) return
    r = median(cpu, a) / median(cpu, b)
    printf "| %s | %.1f | %s |\n", what, r, asked
}

END {
    print "| capture | tool | processor time, s | wall, s | peak memory, MB | found |\n|---|---|--:|--:|--:|--:|"
    for (o = 1; o <= keys; o++) {
        split(order[o], name, SUBSEP)
        printf "| %s | %s | %.2f | %.2f | %.0f | %s |\n", title[name[1]], name[2], median(cpu, order[o]), median(wall, order[o]), median(peak, order[o]), found[order[o]]
    }
    print "\n| ratio of processor times | measured | asked |\n|---|--:|---|"
    ratio("tshark and ripgrep to the auditor, HTTP/1.1", "http-few" SUBSEP "tshark+rg", "http-few" SUBSEP "offproof", "at least 10")
    ratio("tshark and ripgrep to the auditor, TLS 1.2", "tls" SUBSEP "tshark+rg", "tls" SUBSEP "offproof", "at least 8")
    ratio(many " forms to " few ", HTTP/1.1", "http-many" SUBSEP "offproof", "http-few" SUBSEP "offproof", "at most 3")
    ratio("large to small", "http-large" SUBSEP "offproof", "http-small" SUBSEP "offproof", "100 is linear")
}
