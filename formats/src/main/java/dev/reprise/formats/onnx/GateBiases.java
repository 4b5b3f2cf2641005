package dev.reprise.formats.onnx;

/**
 * Biases of the gates of a recurrent layer. ONNX adds one for the inputs and one for the outputs;
 * layers have their sum, but for the last gate of a gru, whose second one is multiplied with a
 * gate.
 *
 * @param gates for each gate of the layer, which one it is in ONNX
 * @param hasInner whether the last gate has both biases
 */
record GateBiases(int[] gates, int width, boolean hasInner) {

  /** One row of the layer, from ONNX's two. */
  Layer.Weights joined(double[] both) {
    int rows = gates.length * width;
    double[] cells = new double[rows + (hasInner ? width : 0)];
    for (int gate = 0; gate < gates.length; gate++) {
      boolean isApart = hasInner && gate == gates.length - 1;
      for (int unit = 0; unit < width; unit++) {
        int from = gates[gate] * width + unit;
        cells[gate * width + unit] = both[from] + (isApart ? 0 : both[rows + from]);
        if (isApart) {
          cells[rows + unit] = both[rows + from];
        }
      }
    }
    return new Layer.Weights(1, cells.length, cells);
  }

  /** ONNX's two rows, one after the other: the second is of zeros but for what stays apart. */
  Layer.Weights parted(Layer.Weights row) {
    int rows = gates.length * width;
    double[] cells = new double[2 * rows];
    for (int gate = 0; gate < gates.length; gate++) {
      System.arraycopy(row.cells(), gate * width, cells, gates[gate] * width, width);
    }
    if (hasInner) {
      int last = gates[gates.length - 1] * width;
      System.arraycopy(row.cells(), rows, cells, rows + last, width);
    }
    return new Layer.Weights(1, cells.length, cells);
  }
}
