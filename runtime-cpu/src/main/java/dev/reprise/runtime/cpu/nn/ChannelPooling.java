package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.operation.WindowShape;

/** A pooling or its gradient in Java, channel by channel of images. */
record ChannelPooling(Pooling pooling, WindowShape shape, Pooling.Windows windows) {

  ChannelPooling(Pooling pooling, WindowShape shape) {
    this(pooling, shape, Pooling.Windows.of(shape));
  }

  /** Pools some channels. */
  void forward(DenseMatrix images, DenseMatrix out, long from, long to) {
    ChannelCells in = new ChannelCells(images, shape.planeCells());
    ChannelCells pooled = new ChannelCells(out, shape.outCells());
    for (long plane = from; plane < to; plane++) {
      in.read(plane);
      pooled.write(plane);
      pooling.forward(windows, in.segment(), in.at(), pooled.segment(), pooled.at());
      pooled.written();
    }
  }

  /** Gradients of some channels. */
  void backward(DenseMatrix images, DenseMatrix dout, DenseMatrix dx, long from, long to) {
    ChannelCells in = new ChannelCells(images, shape.planeCells());
    ChannelCells pooled = new ChannelCells(dout, shape.outCells());
    ChannelCells sums = new ChannelCells(dx, shape.planeCells());
    for (long plane = from; plane < to; plane++) {
      in.read(plane);
      pooled.read(plane);
      sums.add(plane);
      pooling.backward(
          windows, in.segment(), pooled.segment(), pooled.at(), sums.segment(), in.at());
      sums.written();
    }
  }
}
