package dev.reprise.store;

import dev.reprise.runtime.ResourceException;

/** The store cannot be opened, read or written; the message says which part and what to try. */
public sealed class StoreException extends ResourceException permits UnknownNameException {
  private static final long serialVersionUID = 1L;

  private final boolean passing;
  private final boolean lackOfRoom;

  public StoreException(String message) {
    this(message, null);
  }

  public StoreException(String message, Throwable cause) {
    this(message, cause, false);
  }

  /**
   * @param passing whether the same may succeed a little later
   */
  public StoreException(String message, Throwable cause, boolean passing) {
    this(message, cause, passing, false);
  }

  private StoreException(String message, Throwable cause, boolean passing, boolean lackOfRoom) {
    super(message, cause);
    this.passing = passing;
    this.lackOfRoom = lackOfRoom;
  }

  /** Of a disk that is full. */
  static StoreException lackOfRoom(String message, Throwable cause) {
    return new StoreException(message, cause, false, true);
  }

  /** True when somebody else was in the way. */
  public boolean isPassing() {
    return passing;
  }

  /** True when nothing is wrong but that there is no room on the disk. */
  public boolean isLackOfRoom() {
    return lackOfRoom;
  }
}
