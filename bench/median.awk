# The median of the n[key] values of a key. Given to awk before the program that calls it.
function median(values, key,    list, i, k, x, count) {
    count = n[key]
    for (i = 1; i <= count; i++) list[i] = values[key, i]
    for (i = 2; i <= count; i++) {
        x = list[i]
        for (k = i - 1; k >= 1 && list[k] > x; k--) list[k + 1] = list[k]
        list[k + 1] = x
    }
    return (list[int((count + 1) / 2)] + list[int(count / 2) + 1]) / 2
}
