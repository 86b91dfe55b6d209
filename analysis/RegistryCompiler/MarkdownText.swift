/// A text that Markdown shows as it is: no markup, no HTML, no entity, on one line.
///
/// It has to stand after something else on its line, so that it cannot begin a list, a heading or a quotation.
func escapedForMarkdown(_ text: String) -> String {
    var escaped = ""
    for scalar in printable(text).unicodeScalars {
        switch scalar {
        case "&": escaped += "&amp;"
        case "<": escaped += "&lt;"
        case ">": escaped += "&gt;"
        case "\\", "`", "*", "_", "[", "]", "#", "|", "~", "!", "$": escaped += "\\" + String(scalar)
        default: escaped.unicodeScalars.append(scalar)
        }
    }
    return escaped
}
