package dev.reprise.store;

/** The right to compute a value while other processes wait for it; closing it ends that. */
public interface StoreClaim extends AutoCloseable {
  @Override
  void close();
}
