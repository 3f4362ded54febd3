//! Undersong plays the sound of a guided session.
