/** Files of named tensors, as other frameworks keep the weights of models: safetensors. */
package dev.reprise.formats.tensors;
