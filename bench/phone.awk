# Medians per case and operation, beside what is asked. Input: the lines that bench/phone writes.
BEGIN {
    FS = ","
    title["contacts-many"] = "contacts"; title["read-vcard"] = "read vCard 2.1 and 3.0"; title["write-vcard3"] = "write vCard 3.0"; title["write-vcard4"] = "write vCard 4.0"
    seconds["contacts-many"] = 2
    title["messages-many"] = "messages, many"; title["messages-large"] = "messages, large"
    title["read-xml"] = "read XML"; title["write-xml"] = "write XML"; title["read-zip"] = "read ZIP"; title["write-zip"] = "write ZIP"
    seconds["messages-many"] = 3; memory["messages-many"] = 150; memory["messages-large"] = 200
}

NR > 1 {
    key = $2 SUBSEP $3
    if (!(key in n)) order[++keys] = key
    i = ++n[key]
    wall[key, i] = $4; cpu[key, i] = $5 + $6; peak[key, i] = $7 * 1024 / 1e6
}

function asked(what, value, unit) {
    return what == "" ? "" : sprintf("at most %d %s%s", what, unit, value > what ? " !" : "")
}

END {
    print "| | wall, s | processor time, s | peak memory, MB | asked |\n|---|--:|--:|--:|---|"
    for (o = 1; o <= keys; o++) {
        split(order[o], name, SUBSEP)
        w = median(wall, order[o]); m = median(peak, order[o])
        a = asked(seconds[name[1]], w, "s"); b = asked(memory[name[1]], m, "MB")
        printf "| %s: %s | %.2f | %.2f | %.0f | %s%s%s |\n", title[name[1]], title[name[2]], w, median(cpu, order[o]), m, a, a != "" && b != "" ? ", " : "", b
    }
}
