/**
 * Sequential and residual networks in the exchange format ONNX: a small reader and writer of the
 * parts of protobuf that it needs, and the translation between its nodes and {@link
 * dev.reprise.formats.onnx.Layer layers}.
 *
 * <pre>
 *   bytes --ProtoInput--> OnnxModel --OnnxImport--> layers --OnnxExport--ProtoOutput--> bytes
 * </pre>
 */
package dev.reprise.formats.onnx;
