//! Text from a stranger's file, made safe to show.

/// The text without what could command a terminal, turn the direction of writing, or hide: control characters,
/// bidirectional marks, zero-width and other invisible ones.
#[must_use]
pub fn readable(text: &str) -> String {
    text.chars().filter(|character| !is_unseen(*character)).collect()
}

fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{2800}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{1D173}'..='\u{1D17A}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_commands_no_terminal_and_turns_no_line() {
        assert_eq!(readable("a\u{1b}[2J\r\nb\u{202e}c\u{200b}d"), "a[2Jbcd");
        assert_eq!(readable("Conceição – São João"), "Conceição – São João");
    }
}
