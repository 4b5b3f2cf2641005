package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.operation.Operation;

/** Replays to keys instead of values, and counts references to them. */
final class KeyMachine implements ProgramReplay.Machine<KeyMachine.Counted> {
  /** A value that is the key of what it is, and counts its references. */
  static final class Counted {
    final Key key;
    int references = 1;

    Counted(Key key) {
      this.key = key;
    }
  }

  private int live;

  @Override
  public Counted leaf(LineageItem item) {
    live++;
    return new Counted(item.key());
  }

  @Override
  public Counted evaluate(Operation operation, Counted[] inputs) {
    Key[] keys = new Key[inputs.length];
    for (int i = 0; i < keys.length; i++) {
      assertThat(inputs[i].references).isPositive();
      keys[i] = inputs[i].key;
    }
    live++;
    return new Counted(Keys.of(operation, keys));
  }

  @Override
  public void retain(Counted value) {
    assertThat(value.references++).isPositive();
  }

  @Override
  public void release(Counted value) {
    assertThat(value.references--).isPositive();
    live -= value.references == 0 ? 1 : 0;
  }

  @Override
  public Counted[] array(int length) {
    return new Counted[length];
  }

  /** Values that somebody still refers to. */
  int live() {
    return live;
  }
}
