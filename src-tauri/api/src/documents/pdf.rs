//! A report as a PDF of text: one font that every reader has, pages of A4.

use std::fmt::Write;

use super::{Content, word};

/// A4 in points.
const WIDTH: f64 = 595.0;
const HEIGHT: f64 = 842.0;

/// Blank edge in points.
const MARGIN: f64 = 56.0;

/// Distance of lines to the size of their letters.
const LEADING: f64 = 1.4;

/// Letters of a line, by their average width of half the size: Helvetica's text runs a little narrower.
const AVERAGE_WIDTH: f64 = 0.52;

/// How far the lines that carry one on are set in: a long name must not look like lines of the report's own.
const INDENT: f64 = 14.0;

struct Line {
    text: String,
    indent: f64,
    size: f64,
    bold: bool,
}

pub(super) fn render(content: &Content) -> Vec<u8> {
    let mut lines: Vec<Line> = Vec::new();
    let mut add = |text: &str, size: f64, bold: bool| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "about a hundred letters")]
        let letters = ((WIDTH - 2.0 * MARGIN - INDENT) / (size * AVERAGE_WIDTH)) as usize;
        let indents = std::iter::once(0.0).chain(std::iter::repeat(INDENT));
        lines.extend(wrapped(text, letters).into_iter().zip(indents).map(|(text, indent)| Line {
            text,
            indent,
            size,
            bold,
        }));
    };
    let view = &content.view;
    add(&texts::text("report-title", &[]), 16.0, true);
    add("", 9.0, false);
    add(&word(content), 14.0, true);
    for text in [&view.sentence, &view.remedy] {
        add(text, 10.0, false);
    }
    add("", 9.0, false);
    for (name, value) in &content.header {
        add(&format!("{name}: {value}"), 9.0, false);
    }
    for (title, rows) in &content.signatures {
        add("", 9.0, false);
        add(title, 11.0, true);
        for (name, value) in rows {
            add(&format!("{name}: {value}"), 9.0, false);
        }
    }
    for (title, rows) in [("report-findings", &content.findings), ("report-parts", &content.parts)] {
        if !rows.is_empty() {
            add("", 9.0, false);
            add(&texts::text(title, &[]), 11.0, true);
            rows.iter().for_each(|row| add(&format!("- {row}"), 9.0, false));
        }
    }
    add("", 9.0, false);
    for id in ["report-disclaimer", "verdict-disclaimer"] {
        add(&texts::text(id, &[]), 8.0, false);
    }
    write(&pages(&lines))
}

/// Lines of at most this many letters, broken between words, or within one that is longer.
fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let letters = letters.max(20);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        while !rest.is_empty() {
            let room = letters.saturating_sub(length + usize::from(length > 0));
            if length > 0 && rest.len() > room {
                lines.push(std::mem::take(&mut line));
                length = 0;
                continue;
            }
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            let part: String = rest.drain(..rest.len().min(letters)).collect();
            length += part.chars().count();
            line.push_str(&part);
        }
    }
    lines.push(line);
    lines
}

/// The content stream of each page.
fn pages(lines: &[Line]) -> Vec<String> {
    let mut pages = Vec::new();
    let mut page = String::new();
    let mut y = HEIGHT - MARGIN;
    for line in lines {
        let step = line.size * LEADING;
        if y - step < MARGIN {
            pages.push(std::mem::take(&mut page));
            y = HEIGHT - MARGIN;
        }
        y -= step;
        let font = if line.bold { "F2" } else { "F1" };
        let x = MARGIN + line.indent;
        // Writing to a String cannot fail.
        let _ = writeln!(page, "BT /{font} {} Tf {x} {y:.1} Td ({}) Tj ET", line.size, literal(&line.text));
    }
    pages.push(page);
    pages
}

/// A literal string in WinAnsiEncoding; what the encoding lacks is shown as a question mark.
fn literal(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        let code = match character {
            '–' => 0x96,
            '—' => 0x97,
            '‘' => 0x91,
            '’' => 0x92,
            '“' => 0x93,
            '”' => 0x94,
            '•' => 0x95,
            '…' => 0x85,
            '€' => 0x80,
            other => match u32::from(other) {
                code @ (0x20..=0x7E | 0xA0..=0xFF) => code,
                _ => u32::from('?'),
            },
        };
        match code {
            0x28 | 0x29 | 0x5C => {
                out.push('\\');
                out.push(character);
            }
            0x20..=0x7E => out.extend(char::from_u32(code)),
            _ => {
                let _ = write!(out, "\\{code:03o}");
            }
        }
    }
    out
}

fn write(pages: &[String]) -> Vec<u8> {
    let first_page = 5;
    let kids: Vec<String> = (0..pages.len()).map(|index| format!("{} 0 R", first_page + 2 * index)).collect();
    let font = |name: &str| format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>");
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Lang (pt-BR) >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        font("Helvetica"),
        font("Helvetica-Bold"),
    ];
    for (index, page) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {} 0 R >>",
            first_page + 2 * index + 1
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len() + 1));
    }
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        offsets.push(out.len());
        let number: usize = number;
        out.extend(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f\r\n", offsets.len() + 1).as_bytes());
    for offset in &offsets {
        out.extend(format!("{offset:010} 00000 n\r\n").as_bytes());
    }
    out.extend(
        format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", offsets.len() + 1).as_bytes(),
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_broken_and_nothing_is_lost() {
        let text = "um caminho/".to_owned() + &"a".repeat(200) + " e fim";
        let lines = wrapped(&text, 40);
        assert!(lines.iter().all(|line| line.chars().count() <= 40));
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        assert_eq!(literal("(ção) \\"), "\\(\\347\\343o\\) \\\\");
    }
}
