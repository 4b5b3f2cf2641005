package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.CellChain;
import dev.reprise.runtime.cpu.code.CellChain.Apply;
import dev.reprise.runtime.cpu.code.CellChain.Input;
import dev.reprise.runtime.cpu.code.CellChain.Spread;
import java.util.List;

/**
 * An operation on the cells of channels and one number of each channel, in machine code: channels
 * are rows, and the numbers are a column beside them. Any thread.
 */
final class MachineChannels {
  private final Precision precision;
  private final String opcode;

  // Made when first needed; published by the lock of this.
  private CellChain chain;

  MachineChannels(Precision precision, String opcode) {
    this.precision = precision;
    this.opcode = opcode;
  }

  private synchronized CellChain chain() {
    if (chain == null) {
      Apply result = new Apply(opcode, List.of(new Input(0), new Input(1)));
      chain = CellChain.find(precision, List.of(Spread.EACH, Spread.COLUMN), 0, result);
    }
    return chain;
  }

  /**
   * Computes some channels of images, where there is {@linkplain RowCode#pays such code}.
   *
   * @param numbers a column of as many as an image has channels
   * @param cells of a channel
   * @param from the first channel, counted over all images, {@code to} the one behind the last
   */
  void run(DenseMatrix x, DenseMatrix numbers, DenseMatrix out, long cells, long from, long to) {
    CellChain.Call call = chain().call();
    int bytes = precision.bytesPerCell();
    long channels = numbers.rows();
    long count;
    for (long plane = from; plane < to; plane += count) {
      long channel = plane % channels;
      count = Math.min(channels - channel, to - plane);
      long at = plane * cells * bytes;
      call.withInput(0, x.segment().address() + at)
          .withInput(1, numbers.segment().address() + channel * bytes)
          .run(count, cells, out.segment().asSlice(at, count * cells * bytes), false);
    }
  }
}
