/// A number as pictures write it: a real minus sign, up to `digits` decimals without trailing zeros.
func plain(_ value: Double, digits: Int = 2) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return value.isNaN ? "n/a" : value < 0 ? "−inf" : "inf" }
    var scale = 1
    for _ in 0..<max(0, min(digits, 9)) { scale *= 10 }
    let (product, overflow) = Int64(abs(value)).multipliedReportingOverflow(by: Int64(scale))
    // Numbers that large have no decimals worth writing.
    guard !overflow, product < 1 << 52 else { return (value < 0 ? "−" : "") + "\(Int64(abs(value)))" }
    let scaled = Int64((abs(value) * Double(scale)).rounded())
    var text = "\(scaled / Int64(scale))"
    var fraction = String(scaled % Int64(scale))
    if scaled % Int64(scale) != 0 {
        fraction = String(repeating: "0", count: "\(scale)".count - 1 - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        text += "." + fraction
    }
    return (value < 0 && scaled != 0 ? "−" : "") + text
}
