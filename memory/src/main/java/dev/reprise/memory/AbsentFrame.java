package dev.reprise.memory;

import dev.reprise.runtime.Frame;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;

/** A frame whose columns come when somebody asks for them. Nobody ever writes in it. */
public final class AbsentFrame extends AbsentValue<Frame> implements FrameValue {
  private final long bytes;

  /**
   * A frame with one reference.
   *
   * @param bytes about what the columns take
   * @param source closed by the frame
   */
  public AbsentFrame(Shape shape, long bytes, Source source) {
    super(shape, source);
    this.bytes = bytes;
  }

  /** What is there: the frame itself when it is; else this one. */
  public FrameValue nearest() {
    Frame known = presentOrNull();
    return known == null ? this : known;
  }

  @Override
  Frame checked(Value made) {
    if (made instanceof Frame frame && frame.shape().equals(shape())) {
      // This one has it too, whoever else gets it: a second holder.
      frame.retain();
      return frame;
    }
    throw new ResourceException("a frame that was kept as " + shape() + " came back as " + made);
  }

  @Override
  public Frame frame() {
    Frame known = presentOrNull();
    if (known == null) {
      throw new AbsentValueException(this);
    }
    return known;
  }

  /** The estimate for ever, since to count the texts of a frame takes long. */
  @Override
  public long bytes() {
    return bytes;
  }
}
