BEGIN {
    FS = ","
    title["nothing"] = "the files of a poll that finds nothing new"; title["whole"] = "all files of a first poll"
}

NR > 1 {
    key = $2 SUBSEP $3
    if (!(key in n)) order[++keys] = key
    rate[key, ++n[key]] = $4 / $5 * 1e6
    cases[$2]
}

END {
    print "| files | server | requests a second |\n|---|---|--:|"
    for (o = 1; o <= keys; o++) {
        split(order[o], name, SUBSEP)
        printf "| %s | %s | %.0f |\n", title[name[1]], name[2], median(rate, order[o])
    }
    print "\n| offproof to nginx | measured | asked |\n|---|--:|---|"
    for (c in cases) printf "| %s | %.2f | at least 0.7 |\n", title[c], median(rate, c SUBSEP "offproof") / median(rate, c SUBSEP "nginx")
}
