package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.AttentionNodes.Scores;
import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.formats.onnx.PartedValues.Parted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads nodes that are all of an attention; {@link AttentionNodes} reads those that it is spelled
 * in.
 */
final class WholeAttention {
  private final OnnxImport into;
  private final PartedValues parted;
  private final AttentionNodes nodes;
  private final AttentionMasks masks;

  WholeAttention(OnnxImport into, PartedValues parted, AttentionNodes nodes, AttentionMasks masks) {
    this.into = into;
    this.parted = parted;
    this.nodes = nodes;
    this.masks = masks;
  }

  /** The node Attention of opset 23: heads side by side in steps, or as an extent of their own. */
  boolean whole(Node node) {
    Parted query = parted.get(node.inputs().getFirst());
    Parted key = node.inputs().size() > 1 ? parted.get(node.inputs().get(1)) : null;
    Parted value = node.inputs().size() > 2 ? parted.get(node.inputs().get(2)) : null;
    needsPlain(node, query, key, value);
    int rank = query.apart().shape().length;
    boolean areEqual = key.apart().shape().length == rank && value.apart().shape().length == rank;
    if (!areEqual || rank != 3 && rank != 4) {
      throw into.problem(
          node,
          "has queries, keys and values of "
              + AttentionNodes.words(query)
              + ", "
              + AttentionNodes.words(key)
              + " and "
              + AttentionNodes.words(value)
              + ", which must all have 3 extents, or all 4");
    }
    if (rank == 3) {
      query = inHeads(node, query, node.integer("q_num_heads", 0));
      key = inHeads(node, key, node.integer("kv_num_heads", 0));
      value = inHeads(node, value, node.integer("kv_num_heads", 0));
    }
    nodes.needsSteps(node, query);
    key = forHeads(node, key, query);
    value = forHeads(node, value, query);
    double usual = 1 / Math.sqrt(query.apart().last());
    Scores taken = Scores.of(query, turned(node, key), node.number("scale", usual), true);
    if (node.integer("is_causal", 0) != 0) {
      taken = taken.causal();
    }
    nodes.complete(node, OnnxImport.has(node, 3) ? masked(node, taken, query) : taken, value);
    if (rank == 3) {
      besideEachOther(node);
    }
    return true;
  }

  private void needsPlain(Node node, Parted query, Parted key, Parted value) {
    boolean hasMore = false;
    for (int i = 4; i < node.inputs().size(); i++) {
      hasMore |= OnnxImport.has(node, i);
    }
    boolean isPlain =
        query != null
            && key != null
            && value != null
            && query.isPlain()
            && key.isPlain()
            && value.isPlain()
            && !hasMore
            && node.number("softcap", 0) == 0
            && !OnnxImport.hasOutput(node, 1)
            && !OnnxImport.hasOutput(node, 3);
    if (!isPlain) {
      throw into.problem(
          node,
          "has past or present keys and values, bounds of scores, their number for each example, or"
              + " takes other than values, which the layer attention does not");
    }
  }

  private Scores masked(Node node, Scores scores, Parted query) {
    OnnxTensor mask = into.constant(node, 3);
    // Whole numbers are added, as others are.
    boolean isOfTruths = mask.type() == TensorCells.BOOL;
    double none = Double.NEGATIVE_INFINITY;
    Scores masked = masks.added(scores, isOfTruths ? mask.map(cell -> cell != 0 ? 0 : none) : mask);
    if (masked == null) {
      throw masks.problem(node, mask, AttentionNodes.words(query));
    }
    return masked;
  }

  /** The node of onnxruntime's optimizer, which has the projections before it as well. */
  boolean projected(Node node) {
    boolean hasMore = node.attributes().containsKey("qkv_hidden_sizes");
    for (int i = 3; i < node.inputs().size(); i++) {
      hasMore |= OnnxImport.has(node, i);
    }
    Value x = into.value(node.inputs().getFirst());
    if (hasMore || x == null || !into.isConstant(node, 1) || node.integer("do_rotary", 0) != 0) {
      throw into.problem(
          node,
          "has masks, past keys and values, other sizes or rotations, which the layer attention"
              + " does not");
    }
    String name = node.outputs().getFirst();
    List<String> weights = node.inputs().subList(0, 2);
    into.readByRule(new Node("MatMul", node.name(), weights, List.of(name), Map.of()));
    if (OnnxImport.has(node, 2)) {
      List<String> biases = List.of(name, node.inputs().get(2));
      into.readByRule(new Node("Add", node.name(), biases, List.of(name), Map.of()));
    }
    Value all = into.value(name);
    long width = all.last() / 3;
    if (all.extents().length != 2 || all.place() != 0 || width < 1 || all.last() != 3 * width) {
      throw into.problem(node, "makes no queries, keys and values of " + into.words());
    }
    long heads = node.integer("num_heads", 0);
    List<Parted> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      into.becomes(all);
      into.parts().take(node, 2, i * width, (i + 1) * width);
      parts.add(inHeads(node, PartedValues.plain(into.value()), heads));
    }
    double usual = 1 / Math.sqrt((double) (width / heads));
    double stated = node.number("scale", 0);
    boolean isCausal = node.integer("unidirectional", 0) != 0;
    double scale = stated == 0 ? usual : stated;
    Scores taken = Scores.of(parts.get(0), turned(node, parts.get(1)), scale, true);
    nodes.complete(node, isCausal ? taken.causal() : taken, parts.get(2));
    besideEachOther(node);
    return true;
  }

  /** Each head of keys or values for as many heads of queries, which follow each other. */
  private Parted forHeads(Node node, Parted given, Parted query) {
    nodes.needsSteps(node, given);
    long[] shape = given.apart().shape();
    long heads = query.apart().shape()[1];
    if (given.apart().place() != 0 || shape[1] < 1 || shape[1] == heads || heads % shape[1] != 0) {
      return given;
    }
    Value apart = given.apart().shaped(new long[] {shape[0], shape[1], 1, shape[2], shape[3]});
    long[] wanted = {shape[0], shape[1], heads / shape[1], shape[2], shape[3]};
    Value repeated = ReduceNodes.repeated(into, apart, wanted);
    return PartedValues.plain(repeated.shaped(new long[] {shape[0], heads, shape[2], shape[3]}));
  }

  /** Keys as the product with queries takes them. */
  private Parted turned(Node node, Parted key) {
    nodes.needsSteps(node, key);
    into.becomes(key.apart());
    TransposeNodes.transpose(into, turn(node, 0L, 1L, 3L, 2L));
    return PartedValues.plain(into.value());
  }

  private static Node turn(Node node, Long... order) {
    return new Node(
        "Transpose", node.name(), node.inputs(), node.outputs(), Map.of("perm", List.of(order)));
  }

  /** The numbers of all heads side by side in each step. */
  private void besideEachOther(Node node) {
    String name = node.outputs().getFirst();
    into.becomes(into.value(name));
    TransposeNodes.transpose(into, turn(node, 0L, 2L, 1L, 3L));
    long[] shape = into.value().shape();
    into.put(name, into.value().shaped(new long[] {shape[0], shape[1], shape[2] * shape[3]}));
  }

  private Parted inHeads(Node node, Parted value, long heads) {
    long[] shape = value.apart().shape();
    if (heads < 1 || shape[0] != ShapeValues.EXAMPLES || shape[2] < 1 || shape[2] % heads != 0) {
      throw into.problem(node, "has " + heads + " heads for " + AttentionNodes.words(value));
    }
    into.becomes(value.apart().shaped(new long[] {shape[0], shape[1], heads, shape[2] / heads}));
    TransposeNodes.transpose(into, turn(node, 0L, 2L, 1L, 3L));
    return PartedValues.plain(into.value());
  }
}
