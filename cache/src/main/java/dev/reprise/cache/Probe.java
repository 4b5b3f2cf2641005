package dev.reprise.cache;

/** Who acts next after a probe: the caller has the value, waits for it, or must compute it. */
public sealed interface Probe permits Hit, InFlight, Claim {}
