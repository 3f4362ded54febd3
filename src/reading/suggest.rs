//! What a person may have meant by a word that is not known.

/// Longer words are no slips of known ones, and comparing them takes long.
const LONGEST: usize = 80;

/// The known word that is nearest to `written`, where one is near enough to be meant.
#[must_use]
pub fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if written.len() > LONGEST {
        return None;
    }
    let written = written.to_lowercase();
    let letters = written.chars().count();
    let slips = (letters / 3).max(1);
    known
        .into_iter()
        .filter(|word| word.len() <= LONGEST + slips)
        .map(|word| {
            let slips = strsim::damerau_levenshtein(&written, &word.to_lowercase());
            (slips, word)
        })
        .filter(|(distance, _)| *distance <= slips && *distance < letters)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// ``did you mean `calm`?``, where a known word is near enough.
#[must_use]
pub fn did_you_mean<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    nearest(written, known).map(|word| format!("did you mean `{word}`?"))
}

/// `` `a`, `b` and `c` ``
#[must_use]
pub fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        assert_eq!(nearest("clam", ["bright", "calm"]), Some("calm"));
        assert_eq!(nearest("Calm", ["calm"]), Some("calm"));
        assert_eq!(nearest("lenght", ["length", "level"]), Some("length"));
        assert_eq!(nearest("c", ["a", "b"]), None);
        assert_eq!(nearest("banana", ["length", "level"]), None);
        assert_eq!(nearest(&"x".repeat(1_000_003), ["x"]), None);
    }

    #[test]
    fn words_are_listed_as_people_list_them() {
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(listed(&["a"]), "`a`");
    }
}
