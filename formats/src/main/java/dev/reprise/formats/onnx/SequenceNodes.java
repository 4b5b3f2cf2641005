package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Reads nodes that look rows up and that take one of the steps of sequences. Stateless. */
final class SequenceNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of(
          "Gather", SequenceNodes::gather,
          "Slice", SequenceNodes::slice,
          "LSTM", RecurrentNodes::lstm,
          "GRU", RecurrentNodes::gru,
          "RNN", RecurrentNodes::rnn);

  private SequenceNodes() {}

  /**
   * Where the input has the number of examples: after the steps when a recurrent node takes it as
   * it is, or what an embedding makes of it.
   */
  static int placeOfExamples(OnnxModel model) {
    String at = model.input();
    for (Node node : model.nodes()) {
      boolean takesIt = node.inputs().contains(at);
      boolean isRecurrent = List.of("LSTM", "GRU", "RNN").contains(node.operator());
      if (takesIt
          && isRecurrent
          && model.extents().size() + (at.equals(model.input()) ? 0 : 1) == 3) {
        return node.integer("layout", 0) == 0 ? 1 : 0;
      }
      boolean isLookUp = node.operator().equals("Gather") && node.inputs().getLast().equals(at);
      if (isLookUp || takesIt && node.operator().equals("Cast")) {
        at = node.outputs().getFirst();
      }
    }
    return 0;
  }

  private static void gather(OnnxImport into, Node node) {
    long axis = node.integer("axis", 0);
    if (into.isConstant(node, 0)) {
      embedding(into, node, axis);
      return;
    }
    OnnxTensor index = into.constant(node, 1);
    boolean isPlain = index.cells().length == 1 && index.extents().size() < 2;
    if ((!isPlain || isMiddle(into, axis)) && SelectNodes.read(into, node)) {
      return;
    }
    if (index.cells().length != 1 || index.extents().size() > 1) {
      throw into.problem(node, "takes several steps, or columns, which no layer does");
    }
    one(into, node, axis, (long) index.cells()[0], index.extents().isEmpty());
  }

  /** Rows of a constant by their numbers, which the input states from 0. */
  private static void embedding(OnnxImport into, Node node, long axis) {
    OnnxTensor rows = into.constant(node, 0);
    if (axis != 0 || rows.extents().size() != 2 || into.value().chain().layer() != null) {
      throw into.problem(
          node, "looks up what is no row of a matrix, or by numbers that are not the input");
    }
    // All numbers of a row are steps of the embedding, whatever extents they have.
    long width = into.value().width();
    Map<String, Scalar> steps = width > 0 ? Map.of("T", Scalar.of(width)) : Map.of();
    into.layer("embedding", Map.of("embedding_dict", rows.matrix()), steps);
    long[] extents = Arrays.copyOf(into.extents(), into.extents().length + 1);
    extents[extents.length - 1] = rows.extents().get(1);
    into.becomes(extents);
  }

  private static void slice(OnnxImport into, Node node) {
    long[] first = OnnxImport.has(node, 1) ? into.shapes().numbers(node.inputs().get(1)) : null;
    long[] end = OnnxImport.has(node, 2) ? into.shapes().numbers(node.inputs().get(2)) : null;
    long[] axes = OnnxImport.has(node, 3) ? into.shapes().numbers(node.inputs().get(3)) : null;
    long[] step =
        OnnxImport.has(node, 4) ? into.shapes().numbers(node.inputs().get(4)) : new long[] {1};
    boolean isOne = first != null && end != null && axes != null && step != null;
    boolean isPlain =
        isOne && areOneEach(first, end, axes, step) && step[0] == 1 && !isMiddle(into, axes[0]);
    if (isOne && !isPlain && SelectNodes.read(into, node)) {
      return;
    }
    if (isOne && areOneEach(first, end, axes, step) && step[0] == -1) {
      throw into.problem(
          node,
          "turns a value round, as for a recurrent layer that runs from the last step on and whose"
              + " steps are written one by one; export it as one node (PyTorch:"
              + " torch.onnx.export(..., dynamo=False))");
    }
    if (!isOne || !areOneEach(first, end, axes, step) || step[0] != 1) {
      throw into.problem(
          node,
          "takes a part of a value along several axes, in steps or up to what is computed; there are"
              + " but parts along one axis");
    }
    if (first[0] == 0 && end[0] >= Integer.MAX_VALUE) {
      return;
    }
    long extent = extent(into, node, axes[0]);
    if (first[0] == 0 && extent > 0 && end[0] >= extent) {
      return;
    }
    long from = first[0] < 0 && extent > 0 ? first[0] + extent : first[0];
    boolean toEnd = end[0] >= Integer.MAX_VALUE || extent > 0 && end[0] >= extent;
    boolean isLast = toEnd && (from == extent - 1 && extent > 0 || first[0] == -1);
    if (isLast) {
      one(into, node, axes[0], -1, false);
      return;
    }
    long to = Math.min(end[0] < 0 ? end[0] + extent : end[0], extent);
    if (extent < 1 || from < 0 || to <= from) {
      throw into.problem(
          node,
          "takes a part of a value of an open size, or nothing; of sequences whose steps are open"
              + " there are but the last step, and all of them");
    }
    into.parts().take(node, axis(into, axes[0]), from, to);
  }

  /** True for an extent with others before and behind it, or the like. */
  private static boolean isMiddle(OnnxImport into, long given) {
    long[] shape = into.value().shape();
    int at = axis(into, given);
    boolean isLast = at == shape.length - 1;
    return at >= 0 && at < shape.length && !isLast && haveExtentsBefore(into, shape, at);
  }

  private static boolean areOneEach(long[]... lists) {
    return Arrays.stream(lists).allMatch(list -> list.length == 1);
  }

  private static long extent(OnnxImport into, Node node, long axis) {
    long[] shape = into.value().shape();
    long at = axis < 0 ? axis + shape.length : axis;
    if (at < 0 || at >= shape.length || at == into.value().place()) {
      throw into.problem(node, "takes some of the examples, which no layer does");
    }
    return shape[(int) at];
  }

  private static int axis(OnnxImport into, long given) {
    return (int) (given < 0 ? given + into.value().shape().length : given);
  }

  /** One of the positions along an axis: the only one, the last step, or columns. */
  private static void one(OnnxImport into, Node node, long axis, long index, boolean dropsAxis) {
    long extent = extent(into, node, axis);
    long[] shape = into.value().shape();
    int at = axis(into, axis);
    boolean isLast = index == -1 || extent > 0 && index == extent - 1;
    boolean isKnown = extent > 0 && index >= -extent && index < extent;
    if (!isLast && !isKnown) {
      throw into.problem(
          node,
          "takes position "
              + index
              + " of "
              + extent
              + ", but of those that are not known only the last one can be taken");
    }
    Chain chain = into.value().chain();
    boolean isOfParts = chain.endsWith(Layer.CONCAT) || RecurrentNodes.isOfLastSteps(chain.layer());
    boolean isOfEachStep = at == shape.length - 1 && haveExtentsBefore(into, shape, at);
    if (isKnown && extent != 1 && (!isLast || isOfParts || isOfEachStep)) {
      long from = index < 0 ? index + extent : index;
      into.parts().take(node, at, from, from + 1);
    } else if (extent != 1) {
      takeLast(into, node, at, shape);
    }
    shape[at] = 1;
    into.becomes(into.value().shaped(dropsAxis ? without(shape, at) : shape));
  }

  private static boolean haveExtentsBefore(OnnxImport into, long[] shape, int axis) {
    return IntStream.range(0, axis).anyMatch(i -> i != into.value().place() && shape[i] != 1);
  }

  /** The last step of all is the layer's, when the layer before is a recurrent one. */
  private static void takeLast(OnnxImport into, Node node, int axis, long[] shape) {
    long width = 1;
    for (int i = 0; i < shape.length; i++) {
      boolean isExamples = i == into.value().place();
      if (i < axis && !isExamples && shape[i] != 1 || i > axis && !isExamples && shape[i] < 0) {
        throw into.problem(node, "takes a part of each step, which no layer does");
      }
      width *= i > axis && !isExamples ? shape[i] : 1;
    }
    Chain chain = into.value().chain();
    boolean isOfSteps = RecurrentNodes.isOfAllSteps(chain.layer());
    if (isOfSteps && RecurrentNodes.width(chain.layer()) == width) {
      into.becomes(
          into.value().with(chain.before().with(RecurrentNodes.ofLastStep(chain.layer()))));
    } else {
      Map<String, Scalar> settings = new LinkedHashMap<>();
      settings.put("D", Scalar.of(width));
      if (chain.layer() == null && into.value().width() > 0) {
        // For files that are written.
        settings.put("T", Scalar.of(into.value().width() / width));
      }
      into.layer("last_step", Map.of(), settings);
    }
  }

  private static long[] without(long[] shape, int axis) {
    long[] rest = new long[shape.length - 1];
    System.arraycopy(shape, 0, rest, 0, axis);
    System.arraycopy(shape, axis + 1, rest, axis, rest.length - axis);
    return rest;
  }
}
