//! Where the sound goes: files, devices, and a clock where there is no device.
