package dev.reprise.formats;

import dev.reprise.runtime.Operand;

/**
 * What a read gave.
 *
 * @param value the content; the caller owns its buffer
 * @param fingerprint 32 hexadecimal digits that name exactly the content that was read
 */
public record ReadResult(Operand value, String fingerprint) {}
