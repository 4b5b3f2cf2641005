/**
 * Files that scripts read and write, as values and items.
 *
 * <pre>
 *   read:   ReadItem, the fingerprint of the content  --key--> cache? store?   (FileAccess asks)
 *              | neither                                          being read: ReadTask waits for it
 *              v
 *           FileContents: matrix, frame, list or layers, with the fingerprint of what was read
 *   write:  FileWrites: value, description, and the trace beside it (TraceFile)
 *   both:   FileUse: which places that touches, whatever they are called; TouchedPlaces finds
 *              who uses the same: FileOrder, so that iterations of a parfor leave and see what the
 *              sequential loop would; FilesOfRun, whether a run reads what it writes
 * </pre>
 *
 * <p>Formats are the business of module {@code formats}; here are the language's values. What is
 * read belongs to the receiver, with one reference; what is written is borrowed. A trace, like a
 * plain file, is written complete or not at all.
 *
 * <p><b>Threads.</b> Any. Two iterations that write the same file do it one after the other; an
 * iteration waits for no earlier one, which may not have begun, so what cannot be had in order is
 * refused.
 */
package dev.reprise.engine.file;
