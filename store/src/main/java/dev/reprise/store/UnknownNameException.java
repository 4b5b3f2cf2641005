package dev.reprise.store;

/**
 * What somebody asked for by its name, number or digits is not there, or there are several: a wrong
 * question, where every other {@link StoreException} is a store that cannot answer.
 */
public final class UnknownNameException extends StoreException {
  private static final long serialVersionUID = 1L;

  public UnknownNameException(String message) {
    super(message);
  }
}
