//! A report as one HTML page: no script, nothing from the network, every word escaped.

use std::fmt::Write;

use super::{Content, word};
use crate::report::FileVerdict;

const STYLE: &str = "body{font:14px/1.45 system-ui,sans-serif;color:#1b2230;background:#fff;max-width:52rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:20px}h2{font-size:16px;margin-top:2rem}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #dad6cc}th{width:14rem;font-weight:600}\
td{overflow-wrap:anywhere}.verdict{border-left:4px solid;padding:.5rem 1rem;margin:1rem 0}\
.valid{border-color:#1e7a46}.indeterminate{border-color:#9a6200}.invalid,.unreadable{border-color:#b3261e}.unsigned{border-color:#5a6272}\
.verdict strong{font-size:20px}footer{margin-top:2rem;color:#5a6272}";

pub(super) fn render(content: &Content) -> String {
    let mut out = String::new();
    let title = escaped(&texts::text("report-title", &[]));
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"pt-BR\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} · {}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
        escaped(&content.view.name)
    );
    let view = &content.view;
    let _ = writeln!(
        out,
        "<div class=\"verdict {}\"><strong>{} {}</strong><p>{}</p><p>{}</p></div>",
        class(view.verdict),
        mark(view.verdict),
        escaped(&word(content)),
        escaped(&view.sentence),
        escaped(&view.remedy)
    );
    table(&mut out, &content.header);
    for (title, lines) in &content.signatures {
        let _ = writeln!(out, "<h2>{}</h2>", escaped(title));
        table(&mut out, lines);
    }
    list(&mut out, "report-findings", &content.findings);
    list(&mut out, "report-parts", &content.parts);
    let _ = writeln!(
        out,
        "</main>\n<footer><p>{}</p><p>{}</p></footer>\n</body>\n</html>",
        escaped(&texts::text("report-disclaimer", &[])),
        escaped(&texts::text("verdict-disclaimer", &[]))
    );
    out
}

fn table(out: &mut String, lines: &[(String, String)]) {
    out.push_str("<table>\n");
    for (name, value) in lines {
        let _ = writeln!(out, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped(name), escaped(value));
    }
    out.push_str("</table>\n");
}

fn list(out: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "<h2>{}</h2>\n<ul>", escaped(&texts::text(title, &[])));
    for line in lines {
        let _ = writeln!(out, "<li>{}</li>", escaped(line));
    }
    out.push_str("</ul>\n");
}

fn class(verdict: FileVerdict) -> &'static str {
    match verdict {
        FileVerdict::Valid => "valid",
        FileVerdict::Indeterminate => "indeterminate",
        FileVerdict::Invalid => "invalid",
        FileVerdict::Unsigned => "unsigned",
        FileVerdict::Unreadable => "unreadable",
    }
}

fn mark(verdict: FileVerdict) -> &'static str {
    match verdict {
        FileVerdict::Valid => "✔",
        FileVerdict::Indeterminate => "▲",
        FileVerdict::Invalid | FileVerdict::Unreadable => "✖",
        FileVerdict::Unsigned => "○",
    }
}

/// Text as content or attribute of HTML and XML; characters that XML has no room for are left out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            control if control.is_control() || matches!(control, '\u{FFFE}' | '\u{FFFF}') => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_file_becomes_markup() {
        assert_eq!(escaped("<b onclick='x'>&\"\u{0}"), "&lt;b onclick=&#39;x&#39;&gt;&amp;&quot;");
    }
}
