package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.Mark;

/** Behind launches some of which were issued, and measured, with others. */
record UnmeasuredMark(Mark mark) implements Mark {
  @Override
  public boolean isReached() {
    return mark.isReached();
  }

  @Override
  public void await() {
    mark.await();
  }

  @Override
  public long nanos() {
    return mark.nanos();
  }

  @Override
  public boolean isMeasured() {
    return false;
  }

  @Override
  public void release() {
    mark.release();
  }
}
