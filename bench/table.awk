# Medians per operation and tool, and what offproof needs as a share of the others: the median, the least and the most of the runs' own ratios,
# each between neighbours in time. Input: the lines that bench/vault writes.
BEGIN {
    FS = ","
    count_tools = split(tools, tool, ",")
    count_operations = split(operations, operation, ",")
    title["first"] = "first backup"; title["again"] = "backup of nothing new"; title["check"] = "check of all data"; title["restore"] = "restore"
    quantity[1] = "wall"; quantity[2] = "cpu"; quantity[3] = "memory"
    heading["wall"] = "wall, s"; heading["cpu"] = "processor time, s"; heading["memory"] = "peak memory, MB"
}

NR > 1 {
    if ($1 > runs) runs = $1
    value["wall", $2, $3, $1] = $4
    value["cpu", $2, $3, $1] = $5 + $6
    value["memory", $2, $3, $1] = $7 * 1024 / 1e6
}

# Sorts list[1..n] in place; the middle one, or the mean of the two in the middle.
function median(list, n,    i, k, x) {
    for (i = 2; i <= n; i++) {
        x = list[i]
        for (k = i - 1; k >= 1 && list[k] > x; k--) list[k + 1] = list[k]
        list[k + 1] = x
    }
    return n == 0 ? 0 : (list[int((n + 1) / 2)] + list[int(n / 2) + 1]) / 2
}

function of_tool(what, name, op,    n, r, list) {
    n = 0
    for (r = 1; r <= runs; r++) if ((what, name, op, r) in value) list[++n] = value[what, name, op, r]
    return n == 0 ? "-" : sprintf(what == "memory" ? "%.0f" : "%.2f", median(list, n))
}

function ratio(what, name, op,    n, r, list, middle) {
    n = 0
    for (r = 1; r <= runs; r++)
        if ((what, "offproof", op, r) in value && (what, name, op, r) in value && value[what, name, op, r] > 0)
            list[++n] = value[what, "offproof", op, r] / value[what, name, op, r]
    if (n == 0) return "-"
    middle = median(list, n)
    return sprintf("%.2f (%.2f-%.2f)", middle, list[1], list[n])
}

END {
    for (q = 1; q <= 3; q++) {
        what = quantity[q]
        printf "| %s |", heading[what]
        for (t = 1; t <= count_tools; t++) printf " %s |", tool[t]
        for (t = 2; t <= count_tools; t++) printf " offproof / %s |", tool[t]
        printf "\n|---|"
        for (t = 1; t < 2 * count_tools; t++) printf "--:|"
        printf "\n"
        for (o = 1; o <= count_operations; o++) {
            printf "| %s |", title[operation[o]]
            for (t = 1; t <= count_tools; t++) printf " %s |", of_tool(what, tool[t], operation[o])
            for (t = 2; t <= count_tools; t++) printf " %s |", ratio(what, tool[t], operation[o])
            printf "\n"
        }
        printf "\n"
    }
}
