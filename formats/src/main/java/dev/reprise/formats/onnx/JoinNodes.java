package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads nodes that put two values together: sums and products. Stateless. */
final class JoinNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of("Add", JoinNodes::add, "Mul", JoinNodes::silu);

  /** A sum of sums doubles what a list of layers has to say: a small file must not fill memory. */
  private static final long MOST_LAYERS = 20_000;

  private JoinNodes() {}

  /** The bias of a product before, or two values. */
  private static void add(OnnxImport into, Node node) {
    int other = node.inputs().getFirst().equals(into.current()) ? 1 : 0;
    Value second = node.inputs().size() == 2 ? into.value(node.inputs().get(other)) : null;
    if (second != null) {
      residual(into, node, second);
    } else if (!RowNodes.addedToBias(into, into.constant(node, other).row())) {
      throw into.problem(node, "adds something that is not the bias of an affine layer");
    }
  }

  /** What two branches make of the last value that they have in common. */
  private static void residual(OnnxImport into, Node node, Value second) {
    Value first = into.value();
    if (!Arrays.equals(first.extents(), second.extents()) || first.place() != second.place()) {
      throw into.problem(
          node,
          "adds values of different sizes, "
              + into.words()
              + " and "
              + Arrays.toString(second.extents()));
    }
    Chain chain = first.chain();
    Chain other = second.chain();
    Chain start = chain.commonWith(other);
    long layers = 1 + chain.all() - start.all() + other.all() - start.all();
    if (layers > MOST_LAYERS) {
      throw into.problem(
          node,
          "adds values that are sums of each other too often to be lists of layers (more than "
              + MOST_LAYERS
              + ")");
    }
    boolean isFirstMain = chain.length() >= other.length();
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    branches.put(Layer.MAIN, (isFirstMain ? chain : other).since(start));
    branches.put(Layer.SHORTCUT, (isFirstMain ? other : chain).since(start));
    Layer sum = new Layer(Layer.RESIDUAL, Map.of(), Map.of(), branches);
    into.becomes(first.with(start.with(sum, layers)));
  }

  /** x times the logistic function of x. */
  private static void silu(OnnxImport into, Node node) {
    Value a = into.value(node.inputs().getFirst());
    Value b = into.value(node.inputs().getLast());
    if (a == null || b == null || node.inputs().size() != 2) {
      throw into.problem(node, "is not x times the logistic function of x");
    }
    Chain gate = (a.chain().length() > b.chain().length() ? a : b).chain();
    Value x = gate == a.chain() ? b : a;
    if (!gate.endsWith("sigmoid") || gate.before() != x.chain()) {
      throw into.problem(node, "is not x times the logistic function of x");
    }
    into.becomes(x);
    into.layer("silu");
  }
}
