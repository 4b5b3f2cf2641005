package dev.reprise.formats.onnx;

import java.util.function.Consumer;

/** A node of a model, attribute by attribute, until it is added. */
final class NodeWriter {
  /** An attribute's kinds, as ONNX numbers them. */
  private static final int FLOAT = 1;

  private static final int INT = 2;
  private static final int STRING = 3;
  private static final int INTS = 7;

  private final ProtoOutput node = new ProtoOutput();
  private final Consumer<ProtoOutput> added;
  private final String output;

  NodeWriter(
      String operator, String name, String output, String[] inputs, Consumer<ProtoOutput> added) {
    this.added = added;
    for (String input : inputs) {
      node.text(1, input);
    }
    node.text(3, name).text(4, operator);
    this.output = output;
  }

  /** What goes on is the second output of the node, and nothing takes the first. */
  NodeWriter second() {
    node.text(2, "");
    return this;
  }

  /** As {@link #second}, of a node whose first output must have a name. */
  NodeWriter secondOfBoth() {
    node.text(2, output + "_unused");
    return this;
  }

  NodeWriter integer(String name, long value) {
    return attribute(new ProtoOutput().text(1, name).integer(3, value).integer(20, INT));
  }

  NodeWriter number(String name, double value) {
    return attribute(new ProtoOutput().text(1, name).fixed32(2, (float) value).integer(20, FLOAT));
  }

  NodeWriter text(String name, String value) {
    return attribute(new ProtoOutput().text(1, name).text(4, value).integer(20, STRING));
  }

  NodeWriter integers(String name, long... values) {
    ProtoOutput attribute = new ProtoOutput().text(1, name);
    for (long value : values) {
      attribute.integer(8, value);
    }
    return attribute(attribute.integer(20, INTS));
  }

  private NodeWriter attribute(ProtoOutput attribute) {
    node.message(5, attribute);
    return this;
  }

  void add() {
    node.text(2, output);
    added.accept(node);
  }
}
