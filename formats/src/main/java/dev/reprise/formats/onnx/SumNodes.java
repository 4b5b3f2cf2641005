package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sums of any number of values as sums of two, from the first on, which is the order that
 * onnxruntime adds in; so all that reads an {@code Add} reads them. Stateless.
 *
 * <pre>
 *   Sum(a, b, c) -> y      Add(a, b) -> y/1      Add(y/1, c) -> y
 *   Sum(a) -> y            Identity(a) -> y
 * </pre>
 */
final class SumNodes {
  static final String OPERATOR = "Sum";

  private SumNodes() {}

  /** The nodes with sums of two; a sum of nothing stays, for whoever refuses it. */
  static List<Node> expanded(List<Node> nodes, Set<String> others) {
    if (nodes.stream().noneMatch(SumNodes::isSum)) {
      return nodes;
    }
    Set<String> taken = new HashSet<>(others);
    for (Node node : nodes) {
      taken.addAll(node.inputs());
      taken.addAll(node.outputs());
    }
    List<Node> all = new ArrayList<>();
    for (Node node : nodes) {
      if (isSum(node)) {
        add(node, taken, all);
      } else {
        all.add(node);
      }
    }
    return all;
  }

  private static boolean isSum(Node node) {
    return node.operator().equals(OPERATOR) && !node.inputs().isEmpty();
  }

  private static void add(Node sum, Set<String> taken, List<Node> into) {
    List<String> terms = sum.inputs();
    if (terms.size() == 1) {
      into.add(new Node("Identity", sum.name(), terms, sum.outputs(), Map.of()));
      return;
    }
    String so = terms.getFirst();
    for (int i = 1; i < terms.size(); i++) {
      boolean isLast = i == terms.size() - 1;
      List<String> outputs =
          isLast ? sum.outputs() : List.of(newName(sum.outputs().getFirst() + "/" + i, taken));
      into.add(new Node("Add", sum.name(), List.of(so, terms.get(i)), outputs, Map.of()));
      so = outputs.getFirst();
    }
  }

  private static String newName(String wish, Set<String> taken) {
    String name = wish;
    while (!taken.add(name)) {
      name += "'";
    }
    return name;
  }
}
