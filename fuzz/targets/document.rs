//! A whole file: its revisions, every object, every stream.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = pdf::Document::open(bytes) else { return };
    for number in 0..document.next_number().min(1_000) {
        for revision in 0..document.revisions().len().min(4) {
            if let Ok(object) = document.object_at(pdf::ObjectId::new(number), revision) {
                let _ = document.decoded(&object);
            }
        }
    }
});
