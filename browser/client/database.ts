// Requests to IndexedDB as promises.

/** @throws the request's error */
export function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Opens a database.
 * @param make makes its stores, where there is no such database; without it none is made
 * @throws where there is none and none is made, or the request's error
 */
export function open(
  factory: IDBFactory,
  name: string,
  make: ((database: IDBDatabase) => void) | null,
): Promise<IDBDatabase> {
  const request = factory.open(name);
  request.onupgradeneeded = () => (make ? make(request.result) : request.transaction!.abort());
  return answer(request);
}
