/**
 * Networks in the exchange format ONNX, sequential, recurrent, residual and with attention: a small
 * reader and writer of the parts of protobuf that it needs, and the translation between its nodes
 * and {@link dev.reprise.formats.onnx.Layer layers}.
 *
 * <pre>
 *   bytes --ProtoInput--> OnnxModel --OnnxImport--> layers --OnnxExport--ProtoOutput--> bytes
 *                                     RowNodes,              RowWriters,
 *                                     ImageNodes ...         ImageWriters ...
 * </pre>
 *
 * <p>Each family of operators has a class with a table of rules that reads nodes, and one that
 * writes layers. Nodes that spell a function or a recurrent layer out are looked at first ({@code
 * SpelledCells}, {@code SpelledNorm}, {@code UnrolledRnn}, {@code AttentionNodes}), and so are
 * those that compute shapes and constants ({@code ShapeValues}, {@code FoldedNodes}). Values in
 * which examples lie beside other extents wait in {@code PartedValues} until nodes take them apart
 * again.
 */
package dev.reprise.formats.onnx;
