/**
 * Files in and out: matrices, frames and scalars, their JSON sidecars, and the fingerprints by
 * which lineage knows a file's content.
 *
 * <pre>
 *   ReadRequest --> DataPath (parts) + Sidecar --> FileFormat --> one reader --> Operand
 *                        |                                            |
 *                        +--> ContentFingerprint (128 bits) ----------+--> ReadResult
 *
 *   Operand --> one writer --> temporary file + temporary sidecar --> both renamed
 * </pre>
 *
 * <p>{@link dev.reprise.formats.DataFiles} is the only entry. Everything a file can get wrong is a
 * {@link dev.reprise.formats.FormatException} that names file, line and column. What has been
 * written under its final name is always complete.
 */
package dev.reprise.formats;
