package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Constants of models before opset 7, which begin at an axis of the other value that the node
 * states, or slopes at its channels. Since then all constants end where the other value ends.
 * Stateless.
 */
final class OldAxes {
  private static final Set<String> JOINS = Set.of("Add", "Sub", "Mul", "Div", "Pow");

  private OldAxes() {}

  /** The node with a constant that ends where the other value does: ones go behind its extents. */
  static Node aligned(OnnxImport into, Node node) {
    boolean isJoin = JOINS.contains(node.operator()) && node.attributes().containsKey("axis");
    boolean isSlope = node.operator().equals("PRelu") && into.model().opset() < 7;
    boolean isOfConstant = into.isConstant(node, 0) || into.isConstant(node, 1);
    if (!isJoin && !isSlope || !isOfConstant) {
      return node;
    }
    OnnxTensor constant = into.constant(node, 1);
    if (constant.isOneCell() || isSlope && constant.extents().size() != 1) {
      return node;
    }
    into.readPutOff(node);
    Value value = into.value(node.inputs().getFirst());
    long axis = isSlope ? 1 : node.integer("axis", -1);
    long ones = value == null ? -1 : value.shape().length - axis - constant.extents().size();
    if (axis < 0 || ones < 0) {
      throw into.problem(
          node,
          "has a constant of "
              + constant.extents()
              + " from axis "
              + axis
              + " on, as models before opset 7, which does not fit the other value; convert the"
              + " model to opset 7 or later");
    }
    return ones == 0 ? node : withOnes(into, node, constant, (int) ones);
  }

  private static Node withOnes(OnnxImport into, Node node, OnnxTensor constant, int ones) {
    List<Long> extents = new ArrayList<>(constant.extents());
    extents.addAll(Collections.nCopies(ones, 1L));
    String name = node.inputs().getLast() + " of " + node.outputs().getFirst();
    into.model().constants().put(name, OnnxTensor.of(extents, constant.cells()));
    List<String> inputs = List.of(node.inputs().getFirst(), name);
    return new Node(node.operator(), node.name(), inputs, node.outputs(), node.attributes());
  }
}
