package dev.reprise.server;

import dev.reprise.runtime.ResourceException;

/** The server of a store cannot be started, or its database not be used; the message says why. */
public final class ServerException extends ResourceException {
  private static final long serialVersionUID = 1L;

  public ServerException(String message) {
    super(message);
  }

  public ServerException(String message, Throwable cause) {
    super(message, cause);
  }
}
