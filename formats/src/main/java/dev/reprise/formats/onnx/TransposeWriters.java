package dev.reprise.formats.onnx;

import java.util.Map;

/** Writes layers that change the order of an example's numbers. Stateless. */
final class TransposeWriters {
  static final Map<String, OnnxExport.Rule> RULES =
      Map.of(Layer.TRANSPOSE, TransposeWriters::transpose);

  private TransposeWriters() {}

  private static void transpose(OnnxExport export, LayerReader layer) {
    export.needsWhole(layer);
    long rows = layer.positive("rows");
    long cols = layer.positive("cols");
    long cell = layer.positive("D");
    long size = rows * cols * cell;
    if (export.extents() == null) {
      if (layer.steps() < 1) {
        throw layer.problem(
            "takes rows whose width no layer tells; state as T how many matrices they are, or put a"
                + " layer before it");
      }
      export.takesRows(layer.steps() * size, layer);
    }
    long[] before = export.extents();
    long width = OnnxExport.product(before);
    if (width >= 0 && width % size != 0) {
      throw layer.problem(
          "takes matrices of "
              + OnnxExport.words(new long[] {rows, cols, cell})
              + " numbers, but gets "
              + OnnxExport.words(before));
    }
    long count = width < 0 ? -1 : width / size;
    String parted = export.integers("parted", 0, count, rows, cols, cell);
    export.node("Reshape", export.current(), parted).add();
    export.node("Transpose", export.current()).integers("perm", 0, 1, 3, 2, 4).add();
    boolean isOfChannels = before.length == 3 && cell % (before[1] * before[2]) == 0;
    if (isOfChannels) {
      String images = export.integers("images", -1, before[0], before[1], before[2]);
      export.node("Reshape", export.current(), images).add();
    } else {
      export.node("Flatten", export.current()).integer("axis", 1).add();
      export.becomes(width);
    }
  }
}
