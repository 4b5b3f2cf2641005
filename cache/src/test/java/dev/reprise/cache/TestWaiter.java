package dev.reprise.cache;

import dev.reprise.memory.Handle;
import java.util.function.Consumer;

/** A waiter that remembers the claim it was given, and may do something with it. */
final class TestWaiter implements Waiter {
  private final Handle handle = new Handle(this, null);
  private final Consumer<Claim> recipe;
  private volatile Claim claim;
  private volatile boolean discarded;

  TestWaiter() {
    this(claim -> {});
  }

  TestWaiter(Consumer<Claim> recipe) {
    this.recipe = recipe;
  }

  /** The claim taken over, or null. */
  Claim claim() {
    return claim;
  }

  boolean isDiscarded() {
    return discarded;
  }

  @Override
  public Handle handle() {
    return handle;
  }

  @Override
  public void takeOver(Claim claim) {
    this.claim = claim;
    recipe.accept(claim);
  }

  @Override
  public void discard() {
    discarded = true;
  }
}
