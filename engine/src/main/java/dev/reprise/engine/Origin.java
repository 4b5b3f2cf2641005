package dev.reprise.engine;

/**
 * The statement that submitted an operation, kept until the operation has finished so that a late
 * failure still tells where it comes from.
 */
record Origin(Step step, Activation activation) {

  RuntimeException located(Throwable failure) {
    return ControlContext.locate(failure, step.position(), activation, step);
  }
}
