//! Which start of the machine this is.

/// The machine's boot id: another one after a power cut, the same after a crash of ours. Empty where the system names
/// none. Blocks, shortly.
#[must_use]
pub fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|id| id.trim().to_owned())
        .unwrap_or_default()
}
