package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** The nodes and constants of a model that is being written, and their names. */
final class GraphWriter {
  private static final int FLOAT_CELLS = 1;
  private static final int INT64_CELLS = 7;

  /** A version of the operators, and of the file that goes with it. */
  private enum Opset {
    COMMON(17, 8),
    /** The first one with Gelu. */
    GELU(20, 9),
    /** The first one with RMSNormalization. */
    ROOT_NORM(23, 11);

    private final int operators;
    private final int file;

    Opset(int operators, int file) {
      this.operators = operators;
      this.file = file;
    }
  }

  private final String file;
  private final ProtoOutput graph = new ProtoOutput();
  private final Set<String> names = new HashSet<>();
  private int nodes;
  private Opset opset = Opset.COMMON;

  /** Of the layer that is being written. */
  private int number;

  GraphWriter(String file) {
    this.file = file;
  }

  int number() {
    return number;
  }

  void number(int layer) {
    number = layer;
  }

  void needsGelu() {
    needs(Opset.GELU);
  }

  void needsRootNorm() {
    needs(Opset.ROOT_NORM);
  }

  private void needs(Opset least) {
    opset = opset.compareTo(least) < 0 ? least : opset;
  }

  /**
   * A node; its output has a new name.
   *
   * @param added called with the name of the output when the node is complete
   */
  NodeWriter node(String operator, Consumer<String> added, String... inputs) {
    String output = "t" + ++nodes;
    String name = "layer" + number + "_" + operator;
    // Some readers refuse a model in which two nodes have one name.
    String unique = names.add(name) ? name : name + "_" + nodes;
    return new NodeWriter(
        operator,
        unique,
        output,
        inputs,
        node -> {
          graph.message(1, node);
          added.accept(output);
        });
  }

  /** Adds weights as floats of 4 bytes; returns their name. */
  String floats(String name, Layer.Weights weights, long... extents) {
    ByteBuffer raw = bytes(weights.cells().length * Float.BYTES);
    for (double cell : weights.cells()) {
      if (Double.isFinite(cell) && Float.isInfinite((float) cell)) {
        throw new FormatException(
            file,
            "layer "
                + number
                + " has "
                + cell
                + " in "
                + name
                + ", which is beyond floats of 4 bytes; scale it, or write a checkpoint");
      }
      raw.putFloat((float) cell);
    }
    return constant(name, FLOAT_CELLS, raw, extents);
  }

  /** Adds whole numbers; returns their name. */
  String integers(String name, long... integers) {
    ByteBuffer raw = bytes(integers.length * Long.BYTES);
    for (long cell : integers) {
      raw.putLong(cell);
    }
    return constant(name, INT64_CELLS, raw, integers.length);
  }

  /** Adds one whole number without extents; returns its name. */
  String integer(String name, long value) {
    return constant(name, INT64_CELLS, bytes(Long.BYTES).putLong(value));
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String constant(String name, int type, ByteBuffer raw, long... extents) {
    String full = "layer" + number + "." + name;
    ProtoOutput tensor = new ProtoOutput();
    for (long extent : extents) {
      tensor.integer(1, extent);
    }
    graph.message(5, tensor.integer(2, type).text(8, full).bytes(9, raw.array()));
    return full;
  }

  /**
   * The model as a file.
   *
   * @param isOfIds whether the input is of whole numbers
   */
  byte[] model(long[] input, boolean isOfIds, String output, long[] extents) {
    ProtoOutput model = new ProtoOutput().integer(1, opset.file).text(2, "Reprise");
    graph.text(2, "model");
    graph.message(11, tensor("input", isOfIds ? INT64_CELLS : FLOAT_CELLS, input, "T"));
    graph.message(12, tensor(output, FLOAT_CELLS, extents, ""));
    return model
        .message(7, graph)
        .message(8, new ProtoOutput().text(1, "").integer(2, opset.operators))
        .toBytes();
  }

  /**
   * @param open name of an extent that is not known: that of the steps of sequences, or none for
   *     what may be a product of it
   */
  private static ProtoOutput tensor(String name, int type, long[] extents, String open) {
    ProtoOutput shape = new ProtoOutput().message(1, new ProtoOutput().text(2, "N"));
    for (long extent : extents) {
      ProtoOutput written = new ProtoOutput();
      if (extent >= 0) {
        written.integer(1, extent);
      } else if (!open.isEmpty()) {
        written.text(2, open);
      }
      shape.message(1, written);
    }
    ProtoOutput cells = new ProtoOutput().integer(1, type).message(2, shape);
    return new ProtoOutput().text(1, name).message(2, new ProtoOutput().message(1, cells));
  }
}
